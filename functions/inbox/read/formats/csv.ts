import { largestLineBytes, type PreparedLine, tooLongLine } from '../lines-file.ts';
import { type CsvColumns, readColumns } from './csv-columns.ts';
import { type CsvRow, csvRows } from './csv-rows.ts';
import { RefusedFileError } from './refused-file.ts';

/**
 * One line for each row below the header of a CSV file; a row that cannot be read is a line that says why.
 *
 * @throws {RefusedFileError} if there is no header, or one that cannot be used
 */
export async function* readCsv(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<PreparedLine> {
  let columns: CsvColumns | undefined;
  for await (const row of csvRows(chunks)) {
    if (columns !== undefined) yield lineOf(row, columns);
    else if (!isBlank(row)) columns = columnsOf(row);
  }
  if (columns === undefined) throw new RefusedFileError('empty_file', 'There is nothing in the file.');
}

const columnsOf = (header: CsvRow): CsvColumns => {
  if (header.kind === 'cells') return readColumns(header.cells);
  throw new RefusedFileError('invalid_header', `The header cannot be read. ${header.message}`);
};

const lineOf = (row: CsvRow, columns: CsvColumns): PreparedLine => {
  if (row.kind === 'error') return row;
  if (isBlank(row)) return { kind: 'blank' };
  const { cells } = row;
  if (cells.length !== columns.count) {
    const message = `The row has ${cells.length} cells, and the header ${columns.count}.`;
    return { kind: 'error', code: 'invalid_row', message };
  }
  const json = JSON.stringify(columns.requestOf(cells));
  return Buffer.byteLength(json) > largestLineBytes ? tooLongLine : { kind: 'texts', json };
};

/** Spreadsheets write rows that were emptied as commas only. */
const isBlank = (row: CsvRow): boolean => row.kind === 'cells' && row.cells.every((cell) => cell.trim() === '');
