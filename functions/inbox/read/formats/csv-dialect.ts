import { CsvError, parse } from 'csv-parse/sync';
import { type ErrorLine, notUtf8Line } from '../prepared-line.ts';
import { RowDecoder, type TextContent } from './encoding.ts';
import { countKnown } from './known-names.ts';
import type { CellsRow } from './table.ts';

/** A row in which a quote stands where none may. */
export const brokenQuote: ErrorLine = {
  kind: 'error',
  code: 'invalid_row',
  message:
    'The row has a quote where CSV allows none: a cell with quotes, separators or line breaks stands in quotes, and each quote inside of it is doubled.',
};

const separators = [',', ';', '\t'];

// Excel's way to name the separator, in a line above the header; saved again as CSV it has empty cells behind it.
const separatorLine = /^"?sep=([^\w"\r\n ])"?[,;\t ]*$/i;
const onlySeparators = /^[\s,;"]*$/;

/** How a CSV file writes its rows: encoding and separator, which its first rows tell. */
export class CsvDialect {
  readonly #decoder: RowDecoder;
  #separator: string | undefined;

  constructor(content: Pick<TextContent, 'isMarked'>) {
    this.#decoder = new RowDecoder(content);
  }

  /**
   * Parses a row; the lines inside of it have their line ends, and the last one may have CR.
   *
   * @returns undefined for a line that only names the separator
   */
  parse(row: Buffer): CellsRow | ErrorLine | undefined {
    const decoded = this.#decoder.decode(row);
    if (decoded === undefined) return notUtf8Line;
    const text = decoded.text.replace(/\r$/, '');
    if (this.#separator === undefined) {
      const [, named] = separatorLine.exec(text) ?? [];
      if (named !== undefined) {
        this.#separator = named;
        return undefined;
      }
      if (onlySeparators.test(text)) return { kind: 'cells', cells: [] };
      this.#separator = findSeparator(text);
    }
    const cells = parseCells(text, this.#separator);
    return cells === undefined ? brokenQuote : { kind: 'cells', cells, warning: decoded.warning };
  }
}

/** The separator that makes the most known names of a header, and among those the most cells. */
const findSeparator = (header: string): string => {
  const [best] = separators
    .map((separator) => ({ separator, cells: parseCells(header, separator) ?? [] }))
    .map(({ separator, cells }) => ({ separator, known: countKnown(cells), count: cells.length }))
    .sort((a, b) => b.known - a.known || (a.known === 0 ? 0 : b.count - a.count));
  return best?.separator ?? ',';
};

/** @returns undefined if a quote stands where none may */
const parseCells = (text: string, separator: string): string[] | undefined => {
  try {
    const [cells = [], ...more] = parse(text, {
      delimiter: separator,
      relax_column_count: true,
      record_delimiter: '\n',
    });
    return more.length === 0 ? cells : undefined;
  } catch (error) {
    if (error instanceof CsvError) return undefined;
    throw error;
  }
};
