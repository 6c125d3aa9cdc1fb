import { useState } from 'react';
import { DataTable } from '../ui/data-table.tsx';
import type { ComparedSetting } from './compare-settings.ts';

const maxShown = 2_000;

/** The settings of the pictures, with a mark on those that differ. */
export const SettingsTable = ({
  settings,
  titles,
}: {
  settings: readonly ComparedSetting[];
  titles: readonly string[];
}) => {
  const [onlyDiffering, setOnlyDiffering] = useState(false);
  const columns = [
    {
      title: 'Setting',
      isRowHeader: true,
      cell: ({ name, differs }: ComparedSetting) => (
        <span className="long-text">
          {name}
          {differs && <span className="differs">differs</span>}
        </span>
      ),
    },
    ...titles.map((title, index) => ({
      title,
      cell: ({ values, differs }: ComparedSetting) => (
        <span className={differs ? 'long-text differing' : 'long-text'}>
          {values[index]?.slice(0, maxShown) ?? '–'}
        </span>
      ),
    })),
  ];
  const rows = onlyDiffering ? settings.filter(({ differs }) => differs) : settings;
  return (
    <section aria-labelledby="compared-settings">
      <h2 id="compared-settings">Settings</h2>
      <label className="compared-only">
        <input type="checkbox" checked={onlyDiffering} onChange={(event) => setOnlyDiffering(event.target.checked)} />{' '}
        Only what differs
      </label>
      <DataTable label="Settings side by side" rows={rows} rowKey={({ name }) => name} columns={columns} />
      {rows.length === 0 && <p className="quiet">Nothing differs.</p>}
    </section>
  );
};
