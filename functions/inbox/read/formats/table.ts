import { findOperation } from '#shared/adobe/services/registry.ts';
import { jsonProblem } from '#shared/json-limits.ts';
import { defaultOperation, readLineId } from '../line-request.ts';
import {
  type ErrorLine,
  type FileNotes,
  type PreparedLine,
  RefusedFileError,
  toRequestLine,
} from '../prepared-line.ts';
import { coerceCellValues } from './cell-values.ts';
import { type Columns, readColumns } from './columns.ts';

/** A row of a table, from CSV or a spreadsheet, with its number as spreadsheet programs count it. */
export type TableRow = (CellsRow | ErrorLine) & { row: number };

/** The cells of a row as texts. */
export interface CellsRow {
  kind: 'cells';
  cells: readonly string[];
  /** Cells, by column from 0, that hold no value, with the reason as a sentence. */
  broken?: ReadonlyMap<number, string>;
  /** What the caller should know about how the row was read. */
  warning?: string;
}

/**
 * One line for each row with something in it below the header: a request with the types that its operation takes, or why the row
 * cannot be one. A row may lack cells at its end, which are empty then.
 *
 * @throws {RefusedFileError} if there is no header, or one that cannot be used
 */
export async function* readTable(rows: AsyncIterable<TableRow>, notes: FileNotes): AsyncGenerator<PreparedLine> {
  let columns: Columns | undefined;
  for await (const row of rows) {
    if (isBlank(row)) continue;
    if (row.kind === 'cells' && row.warning !== undefined) notes.warnings.add(row.warning);
    if (columns === undefined) {
      columns = readHeader(row);
      notes.columns = columns.own.names;
      if (columns.own.warning !== undefined) notes.warnings.add(columns.own.warning);
    } else yield row.kind === 'error' ? row : readRow(row, columns);
  }
  if (columns === undefined) throw new RefusedFileError('empty_file', 'There is nothing in the file.');
}

const readHeader = (header: TableRow): Columns => {
  if (header.kind === 'cells') return readColumns(header.cells);
  throw new RefusedFileError('invalid_header', `The header cannot be read. ${header.message}`);
};

const readRow = (tableRow: CellsRow & { row: number }, columns: Columns): PreparedLine => {
  const { cells, row, warning } = tableRow;
  const request = columns.buildRequest(cells);
  const { names } = columns.own;
  const origin = { row, columns: names.length === 0 ? undefined : columns.own.pick(cells) };
  const reject = (code: string, message: string): PreparedLine => ({
    ...{ kind: 'error', code, message, id: readLineId(request) },
    ...origin,
  });
  const problem = findProblem(tableRow, columns);
  if (problem !== undefined) return reject('invalid_row', problem);
  const operation = findOperation(request.operation ?? defaultOperation);
  const body = operation === undefined ? request.body : coerceCellValues(operation, request.body);
  // A cell may hold JSON of its own.
  const jsonFault = jsonProblem(body);
  if (jsonFault !== undefined) return reject('invalid_json', `The body ${jsonFault}.`);
  const line = toRequestLine({ ...request, body });
  if (line.kind === 'error') return reject(line.code, line.message);
  return { ...line, ...origin, warnings: warning === undefined ? undefined : [warning] };
};

const findProblem = ({ cells, broken }: CellsRow, columns: Columns): string | undefined => {
  const unnamed = cells.findIndex((cell, column) => cell.trim() !== '' && !columns.isNamed(column));
  if (unnamed >= 0) return `Cell ${unnamed + 1} of the row has content, and its column has no name in the header.`;
  for (const [column, reason] of broken ?? []) if (!columns.isOwn(column)) return reason;
  return undefined;
};

/** Spreadsheets write rows that were emptied as separators only. */
const isBlank = (row: TableRow): boolean =>
  row.kind === 'cells' && row.broken === undefined && row.cells.every((cell) => cell.trim() === '');
