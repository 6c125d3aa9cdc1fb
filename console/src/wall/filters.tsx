import { ActionButton } from '@adobe/react-spectrum/ActionButton';
import { SearchField } from '@adobe/react-spectrum/SearchField';
import { ToggleButton } from '@adobe/react-spectrum/ToggleButton';
import { lazy, type ReactNode, Suspense, useState } from 'react';
import { useSearchParams } from 'react-router';
import { type FilterName, filterNames, readFilters, withFilter, withoutFilters } from './filter-query.ts';
import { useTypedFilter } from './typed-filter.ts';

const MoreFilters = lazy(() => import('./more-filters.tsx'));

const states = [
  { key: '', name: 'Any state' },
  { key: 'queued,scheduled,submitting,running,storing', name: 'Being made' },
  { key: 'succeeded,partially_succeeded', name: 'Done' },
  { key: 'failed,timed_out', name: 'Failed' },
  { key: 'cancelled', name: 'Cancelled' },
];

const inFront: readonly FilterName[] = ['q', 'status', 'favourite'];

/**
 * Narrows the wall down; what is chosen stands in the address.
 *
 * @param props.children further tools, beside the filters
 */
export const Filters = ({ children }: { children: ReactNode }) => {
  const [query, setQuery] = useSearchParams();
  const filters = readFilters(query);
  const set = (name: FilterName, value: string) =>
    setQuery((current) => withFilter(current, name, value), { replace: true });
  const words = useTypedFilter(filters['q'] ?? '', (value) => set('q', value));
  const others = filterNames.filter((name) => !inFront.includes(name) && filters[name] !== undefined).length;
  const [isOpen, setOpen] = useState(others > 0);
  const isOtherState = states.every(({ key }) => key !== (filters['status'] ?? ''));
  return (
    <search className="filters" aria-label="Filter the wall">
      <div className="filter-row">
        <SearchField
          label="Words of the prompt"
          UNSAFE_className="filter-words"
          value={words.value}
          onChange={words.onChange}
          maxLength={200}
        />
        <select
          aria-label="State"
          value={filters['status'] ?? ''}
          onChange={(event) => set('status', event.target.value)}
        >
          {states.map(({ key, name }) => (
            <option key={key} value={key}>
              {name}
            </option>
          ))}
          {isOtherState && <option value={filters['status']}>Other states</option>}
        </select>
        <ToggleButton
          isSelected={filters['favourite'] === 'true'}
          onChange={(isOn) => set('favourite', isOn ? 'true' : '')}
        >
          ♥ Favourites
        </ToggleButton>
        <ActionButton onPress={() => setOpen(!isOpen)} aria-expanded={isOpen}>
          {isOpen ? 'Fewer filters' : others > 0 ? `More filters (${others})` : 'More filters'}
        </ActionButton>
        {Object.keys(filters).length > 0 && (
          <ActionButton isQuiet onPress={() => setQuery(withoutFilters, { replace: true })}>
            Clear
          </ActionButton>
        )}
        {children}
      </div>
      {isOpen && (
        <Suspense>
          <MoreFilters filters={filters} onChange={set} />
        </Suspense>
      )}
    </search>
  );
};
