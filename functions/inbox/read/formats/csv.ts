import { isUtf8 } from 'node:buffer';
import { CsvError, parse } from 'csv-parse/sync';
import { findOperation } from '#shared/adobe/services/registry.ts';
import { jsonProblem } from '#shared/json-limits.ts';
import { defaultOperation, readLineId } from '../line-request.ts';
import {
  type ErrorLine,
  maxLineBytes,
  notUtf8Line,
  type PreparedLine,
  RefusedFileError,
  tooLongLine,
  toRequestLine,
} from '../prepared-line.ts';
import { type CsvColumns, readColumns } from './csv-columns.ts';
import { coerceCsvValues } from './csv-values.ts';
import { splitLines } from './jsonl.ts';

/**
 * One line for each row below the header of a CSV file: a request with the types that its operation takes, or why the row
 * cannot be one.
 *
 * @throws {RefusedFileError} if there is no header, or one that cannot be used
 */
export async function* readCsv(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<PreparedLine> {
  let columns: CsvColumns | undefined;
  for await (const row of csvRows(chunks)) {
    if (columns !== undefined) yield readRow(row, columns);
    else if (!isBlank(row)) columns = readHeader(row);
  }
  if (columns === undefined) throw new RefusedFileError('empty_file', 'There is nothing in the file.');
}

const readHeader = (header: CsvRow): CsvColumns => {
  if (header.kind === 'cells') return readColumns(header.cells);
  throw new RefusedFileError('invalid_header', `The header cannot be read. ${header.message}`);
};

const readRow = (row: CsvRow, columns: CsvColumns): PreparedLine => {
  if (row.kind === 'error') return row;
  if (isBlank(row)) return { kind: 'blank' };
  const { cells } = row;
  if (cells.length !== columns.count) {
    const message = `The row has ${cells.length} cells, and the header ${columns.count}.`;
    return { kind: 'error', code: 'invalid_row', message };
  }
  const request = columns.buildRequest(cells);
  const operation = findOperation(request.operation ?? defaultOperation);
  const body = operation === undefined ? request.body : coerceCsvValues(operation, request.body);
  // A cell may hold JSON of its own.
  const problem = jsonProblem(body);
  if (problem !== undefined) {
    return { kind: 'error', code: 'invalid_json', message: `The body ${problem}.`, id: readLineId(request) };
  }
  return toRequestLine({ ...request, body });
};

/** Spreadsheets write rows that were emptied as commas only. */
const isBlank = (row: CsvRow): boolean => row.kind === 'cells' && row.cells.every((cell) => cell.trim() === '');

/** A row of a CSV file: its cells as they are, or why they cannot be read. */
export type CsvRow = { kind: 'cells'; cells: string[] } | ErrorLine;

type Line = Buffer | 'too_long';

const quote = 0x22;
const carriageReturn = 0x0d;
const lineFeed = Buffer.from('\n');

const brokenQuote: ErrorLine = {
  kind: 'error',
  code: 'invalid_row',
  message:
    'The row has a quote where CSV allows none: a cell with quotes, commas or line breaks stands in quotes, and each quote inside of it is doubled.',
};

/**
 * Reads the rows of a CSV file (RFC 4180, ending in LF or CRLF). A row may have many lines, as quoted cells may have line
 * breaks: it ends with the line that makes its quotes even. Each row is parsed alone, so that what is broken in one costs no
 * other: a parser of the whole file would lose everything from an unclosed quote on. Of a row of many lines that turns out to
 * be broken only the first line is given up, and the others are read again; no more than the largest request is ever held.
 */
export async function* csvRows(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<CsvRow> {
  const row = new OpenRow();
  for await (const line of splitLines(chunks, maxLineBytes)) yield* readLines([line], row);
  while (row.lines.length > 0) yield* giveUp(row);
}

/** The lines so far of a row that has not ended. */
class OpenRow {
  lines: Buffer[] = [];
  bytes = 0;
  isQuoted = false;

  add(line: Buffer): void {
    this.lines.push(line);
    this.bytes += line.length + lineFeed.length;
    for (let at = line.indexOf(quote); at >= 0; at = line.indexOf(quote, at + 1)) this.isQuoted = !this.isQuoted;
  }

  /** Takes the lines out, for the next row. */
  take(): Buffer[] {
    const { lines } = this;
    this.lines = [];
    this.bytes = 0;
    this.isQuoted = false;
    return lines;
  }
}

function* readLines(lines: readonly Line[], row: OpenRow): Generator<CsvRow> {
  let queue = lines;
  for (let next = 0; next < queue.length; next += 1) {
    const line = queue[next] as Line;
    if (line === 'too_long') {
      while (row.lines.length > 0) yield* giveUp(row);
      yield tooLongLine;
      continue;
    }
    row.add(line);
    if (row.isQuoted) {
      if (row.bytes > maxLineBytes) yield* giveUp(row);
      continue;
    }
    const isTooLong = row.bytes > maxLineBytes + lineFeed.length;
    const whole = row.take();
    const read = isTooLong ? tooLongLine : parseRow(whole);
    yield read;
    if (read === brokenQuote && whole.length > 1) {
      queue = [...whole.slice(1), ...queue.slice(next + 1)];
      next = -1;
    }
  }
}

/** Gives up the first line of a row whose quote is not closed; the others may be rows of their own. */
function* giveUp(row: OpenRow): Generator<CsvRow> {
  const [, ...others] = row.take();
  yield brokenQuote;
  yield* readLines(others, row);
}

const parseRow = (lines: readonly Buffer[]): CsvRow => {
  const text = withoutCarriageReturn(Buffer.concat(lines.flatMap((line) => [line, lineFeed]).slice(0, -1)));
  if (!isUtf8(text)) return notUtf8Line;
  try {
    const [cells = [], ...more] = parse(text, { relax_column_count: true, record_delimiter: '\n' });
    return more.length === 0 ? { kind: 'cells', cells } : brokenQuote;
  } catch (error) {
    if (error instanceof CsvError) return brokenQuote;
    throw error;
  }
};

const withoutCarriageReturn = (text: Buffer): Buffer => (text.at(-1) === carriageReturn ? text.subarray(0, -1) : text);
