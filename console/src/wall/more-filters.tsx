import { TextField } from '@adobe/react-spectrum/TextField';
import type { JobFilters } from '../api/jobs.ts';
import { useOperations } from '../make/use-operations.ts';
import { nameOperation } from '../ui/words.ts';
import type { FilterName } from './filter-query.ts';
import { useTypedFilter } from './typed-filter.ts';

interface MoreFiltersProps {
  filters: JobFilters;
  onChange: (name: FilterName, value: string) => void;
}

const fields: readonly { name: FilterName; label: string; hint?: string }[] = [
  { name: 'model', label: 'Model', hint: 'Such as image4_standard' },
  { name: 'label', label: 'Label', hint: 'Such as campaign=spring' },
  { name: 'batch', label: 'Batch' },
  { name: 'seed', label: 'Seed' },
];

/** The filters that are used less often. */
const MoreFilters = ({ filters, onChange }: MoreFiltersProps) => (
  <div className="filter-row more-filters">
    <OperationFilter value={filters['operation'] ?? ''} onChange={(value) => onChange('operation', value)} />
    {fields.map(({ name, label, hint }) => (
      <FilterField
        key={name}
        {...{ label, hint }}
        value={filters[name] ?? ''}
        onChange={(value) => onChange(name, value)}
      />
    ))}
    {(['from', 'to'] as const).map((name) => (
      <label key={name} className="labelled-field">
        {name === 'from' ? 'Made from' : 'Made until'}
        <input type="date" value={filters[name] ?? ''} onChange={(event) => onChange(name, event.target.value)} />
      </label>
    ))}
  </div>
);

export default MoreFilters;

/** What this gateway makes, and what the address asks for besides. */
const OperationFilter = ({ value, onChange }: { value: string; onChange: (value: string) => void }) => {
  const { data = [] } = useOperations();
  const services = [...new Set(data.map(({ service }) => service))];
  return (
    <label className="labelled-field">
      Operation
      <select value={value} onChange={(event) => onChange(event.target.value)}>
        <option value="">Any operation</option>
        {services.map((service) => (
          <optgroup key={service} label={service}>
            {data
              .filter((operation) => operation.service === service)
              .map(({ name }) => (
                <option key={name} value={name}>
                  {nameOperation(name)}
                </option>
              ))}
          </optgroup>
        ))}
        {value !== '' && data.every(({ name }) => name !== value) && (
          <option value={value}>{nameOperation(value)}</option>
        )}
      </select>
    </label>
  );
};

const FilterField = (props: {
  label: string;
  hint: string | undefined;
  value: string;
  onChange: (value: string) => void;
}) => {
  const typed = useTypedFilter(props.value, props.onChange);
  return (
    <TextField
      label={props.label}
      width="size-2000"
      value={typed.value}
      onChange={typed.onChange}
      description={props.hint}
    />
  );
};
