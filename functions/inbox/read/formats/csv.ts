import { type ErrorLine, type FileNotes, maxLineBytes, type PreparedLine, tooLongLine } from '../prepared-line.ts';
import { brokenQuote, CsvDialect } from './csv-dialect.ts';
import { type TextContent, unifyLineEnds } from './encoding.ts';
import { splitLines } from './jsonl.ts';
import { type CellsRow, readTable, type TableRow } from './table.ts';

/**
 * One line for each row with something in it below the header of a CSV file.
 *
 * @throws {RefusedFileError} if there is no header, or one that cannot be used
 */
export const readCsv = (content: TextContent, notes: FileNotes): AsyncGenerator<PreparedLine> =>
  readTable(csvRows(content), notes);

type Line = Buffer | 'too_long';

const quote = 0x22;
const lineFeed = Buffer.from('\n');

/**
 * Reads the rows of a CSV file (RFC 4180, ending in LF, CRLF or CR). A row may have many lines, as quoted cells may have line
 * breaks: it ends with the line that makes its quotes even. Each row is parsed alone, so that what is broken in one costs no
 * other: a parser of the whole file would lose everything from an unclosed quote on. Of a row of many lines that turns out to
 * be broken only the first line is given up, and the others are read again; no more than the largest request is ever held.
 */
export async function* csvRows(content: TextContent): AsyncGenerator<TableRow> {
  const rows = new RowReader(new CsvDialect(content));
  for await (const line of splitLines(unifyLineEnds(content.chunks), maxLineBytes)) yield* rows.read(line);
  yield* rows.end();
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

/** Puts the lines of a file together to rows. */
class RowReader {
  readonly #row = new OpenRow();
  readonly #dialect: CsvDialect;
  #count = 0;

  constructor(dialect: CsvDialect) {
    this.#dialect = dialect;
  }

  read(line: Line): Generator<TableRow> {
    return this.#readLines([line]);
  }

  *end(): Generator<TableRow> {
    while (this.#row.lines.length > 0) yield* this.#giveUp();
  }

  #number(read: CellsRow | ErrorLine): TableRow {
    this.#count += 1;
    return { ...read, row: this.#count };
  }

  *#readLines(lines: readonly Line[]): Generator<TableRow> {
    const row = this.#row;
    let queue = lines;
    for (let next = 0; next < queue.length; next += 1) {
      const line = queue[next] as Line;
      if (line === 'too_long') {
        yield* this.end();
        yield this.#number(tooLongLine);
        continue;
      }
      row.add(line);
      if (row.isQuoted) {
        if (row.bytes > maxLineBytes) yield* this.#giveUp();
        continue;
      }
      const isTooLong = row.bytes > maxLineBytes + lineFeed.length;
      const whole = row.take();
      const read = isTooLong ? tooLongLine : this.#dialect.parse(joinLines(whole));
      if (read !== undefined) yield this.#number(read);
      if (read === brokenQuote && whole.length > 1) {
        queue = [...whole.slice(1), ...queue.slice(next + 1)];
        next = -1;
      }
    }
  }

  /** Gives up the first line of a row whose quote is not closed; the others may be rows of their own. */
  *#giveUp(): Generator<TableRow> {
    const [, ...others] = this.#row.take();
    yield this.#number(brokenQuote);
    yield* this.#readLines(others);
  }
}

const joinLines = (lines: readonly Buffer[]): Buffer =>
  Buffer.concat(lines.flatMap((line) => [line, lineFeed]).slice(0, -1));
