import { useState } from 'react';
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
  const rows = onlyDiffering ? settings.filter(({ differs }) => differs) : settings;
  return (
    <section aria-labelledby="compared-settings">
      <h2 id="compared-settings">Settings</h2>
      <label className="compared-only">
        <input type="checkbox" checked={onlyDiffering} onChange={(event) => setOnlyDiffering(event.target.checked)} />{' '}
        Only what differs
      </label>
      <div className="compared-scroll">
        <table className="compared-table">
          <thead>
            <tr>
              <th scope="col">Setting</th>
              {titles.map((title) => (
                <th scope="col" key={title}>
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ name, values, differs }) => (
              <tr key={name} data-differs={differs}>
                <th scope="row" className="long-text">
                  {name}
                  {differs && <span className="differs">differs</span>}
                </th>
                {values.map((value, index) => (
                  <td key={titles[index]} className="long-text">
                    {value === undefined ? '–' : value.slice(0, maxShown)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {rows.length === 0 && <p className="quiet">Nothing differs.</p>}
    </section>
  );
};
