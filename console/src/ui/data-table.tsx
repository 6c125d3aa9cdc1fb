import type { ReactNode } from 'react';
import './data-table.css';

/** A column of a table. */
export interface Column<Row> {
  title: string;
  /** Numbers stand to the right. */
  isNumber?: boolean;
  /** Names the row for those who hear it. */
  isRowHeader?: boolean;
  cell(row: Row): ReactNode;
}

// What scrolls must be reached by the keyboard (WCAG 2.1.1).
const scrolling = { tabIndex: 0 };

/**
 * A table that scrolls within itself where the window is narrow.
 *
 * @param props.label names it for those who do not see it
 * @param props.rowKey what tells a row from the others
 */
export const DataTable = <Row,>(props: {
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowKey(row: Row): string;
}) => {
  const { label, columns, rows, rowKey } = props;
  return (
    <section className="table-scroll" aria-label={label} {...scrolling}>
      <table className="data-table">
        <thead>
          <tr>
            {columns.map(({ title, isNumber }) => (
              <th key={title} scope="col" className={isNumber ? 'number' : undefined}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={rowKey(row)}>
              {columns.map(({ title, isNumber, isRowHeader, cell }) => {
                const Cell = isRowHeader ? 'th' : 'td';
                return (
                  <Cell key={title} scope={isRowHeader ? 'row' : undefined} className={isNumber ? 'number' : undefined}>
                    {cell(row)}
                  </Cell>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
};
