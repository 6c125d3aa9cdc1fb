import { TextField } from '@adobe/react-spectrum/TextField';
import type { JobFilters } from '../api/jobs.ts';
import type { FilterName } from './filter-query.ts';
import { useTypedFilter } from './typed-filter.ts';

interface MoreFiltersProps {
  filters: JobFilters;
  onChange: (name: FilterName, value: string) => void;
}

const fields: readonly { name: FilterName; label: string; hint?: string }[] = [
  { name: 'operation', label: 'Operation', hint: 'images/generate' },
  { name: 'model', label: 'Model', hint: 'image4_standard' },
  { name: 'label', label: 'Label', hint: 'campaign=spring' },
  { name: 'batch', label: 'Batch', hint: 'its id' },
  { name: 'seed', label: 'Seed' },
];

/** The filters that are used less often. */
const MoreFilters = ({ filters, onChange }: MoreFiltersProps) => (
  <div className="filter-row more-filters">
    {fields.map(({ name, label, hint }) => (
      <FilterField
        key={name}
        {...{ label, hint }}
        value={filters[name] ?? ''}
        onChange={(value) => onChange(name, value)}
      />
    ))}
    {(['from', 'to'] as const).map((name) => (
      <label key={name} className="date-field">
        {name === 'from' ? 'Made from' : 'Made until'}
        <input type="date" value={filters[name] ?? ''} onChange={(event) => onChange(name, event.target.value)} />
      </label>
    ))}
  </div>
);

export default MoreFilters;

const FilterField = (props: {
  label: string;
  hint: string | undefined;
  value: string;
  onChange: (value: string) => void;
}) => {
  const typed = useTypedFilter(props.value, props.onChange);
  const hint = props.hint === undefined ? undefined : `${props.hint}`;
  return (
    <TextField label={props.label} width="size-2000" value={typed.value} onChange={typed.onChange} description={hint} />
  );
};
