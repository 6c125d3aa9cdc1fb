import { maxLineBytes, tooLongLine } from '../../prepared-line.ts';
import type { TableRow } from '../table.ts';
import { damagedFile } from './archive.ts';
import { formatDate } from './dates.ts';
import type { Workbook } from './workbook.ts';
import { joinTexts, parseXml, readText, StringText, type XmlHandler } from './xml.ts';

// The largest sheet of Excel.
const maxColumns = 16_384;
const maxRow = 1_048_576;

/** A cell while it is read. */
interface Cell {
  column: number;
  type: string;
  style: number;
  hasFormula: boolean;
  /** Text of its `v`; undefined if there is none. */
  value?: string;
}

/** The rows of a sheet, as texts: numbers as JSON writes them, dates as ISO 8601, results for formulas. */
export async function* readSheet(
  chunks: AsyncIterable<Buffer>,
  workbook: Omit<Workbook, 'sheet'>,
): AsyncGenerator<TableRow> {
  const reader = new SheetReader(workbook);
  for await (const _ of parseXml(chunks, reader)) yield* reader.take();
}

class SheetReader implements XmlHandler {
  readonly #workbook: Omit<Workbook, 'sheet'>;
  readonly #inline = new StringText();
  #rows: TableRow[] = [];
  #row = 0;
  #cells: string[] = [];
  #broken = new Map<number, string>();
  #length = 0;
  #cell: Cell | undefined;
  #nextColumn = 0;
  #isInValue = false;

  constructor(workbook: Omit<Workbook, 'sheet'>) {
    this.#workbook = workbook;
  }

  /** Takes out the rows that are whole. */
  take(): TableRow[] {
    const rows = this.#rows;
    this.#rows = [];
    return rows;
  }

  open(name: string, { r = '', t = 'n', s = '0' }: Readonly<Record<string, string>>): void {
    if (name === 'row') this.#openRow(r);
    else if (name === 'c') this.#openCell(r, t, Number(s));
    else if (this.#cell !== undefined) {
      if (name === 'f') this.#cell.hasFormula = true;
      else if (name === 'v') {
        this.#cell.value = '';
        this.#isInValue = true;
      } else this.#inline.open(name);
    }
  }

  text(text: string): void {
    if (this.#cell === undefined) return;
    if (this.#isInValue) this.#cell.value = joinTexts(this.#cell.value ?? '', text);
    else this.#inline.add(text);
  }

  close(name: string): void {
    if (name === 'row') this.#closeRow();
    else if (name === 'c') this.#closeCell();
    else if (name === 'v') this.#isInValue = false;
    else this.#inline.close(name);
  }

  #openRow(reference: string): void {
    // A row without a number follows the one before.
    this.#row = Math.max(this.#row + 1, Number(reference) || 0);
    if (this.#row > maxRow) throw damagedFile();
    this.#cells = [];
    this.#broken = new Map();
    this.#length = 0;
    this.#nextColumn = 0;
  }

  #closeRow(): void {
    const row = this.#row;
    if (this.#length > maxLineBytes) this.#rows.push({ ...tooLongLine, row });
    else {
      const broken = this.#broken.size === 0 ? undefined : this.#broken;
      this.#rows.push({ kind: 'cells', cells: this.#cells, broken, row });
    }
  }

  #openCell(reference: string, type: string, style: number): void {
    const column = parseColumn(reference) ?? this.#nextColumn;
    if (column >= maxColumns) throw damagedFile();
    this.#nextColumn = column + 1;
    this.#cell = { column, type, style, hasFormula: false };
  }

  #closeCell(): void {
    const cell = this.#cell;
    if (cell === undefined) return;
    this.#cell = undefined;
    const text = this.#readValue(cell);
    this.#length += text.length;
    // Nothing more is held of a row that is too long.
    if (text === '' || this.#length > maxLineBytes) return;
    while (this.#cells.length < cell.column) this.#cells.push('');
    this.#cells[cell.column] = text;
  }

  #readValue(cell: Cell): string {
    const { type, value, column } = cell;
    const inline = this.#inline.take();
    if (type === 'inlineStr') return inline;
    if (value === undefined) {
      const reason = 'has a formula without a result. Open the file in a spreadsheet program and save it.';
      if (cell.hasFormula) this.#broken.set(column, `Cell ${column + 1} of the row ${reason}`);
      return '';
    }
    switch (type) {
      case 's': {
        if (value.trim() === '') return '';
        const text = this.#workbook.strings[Number(value)];
        if (text === undefined) throw damagedFile();
        return text;
      }
      case 'b':
        return value === '1' || value === 'true' ? 'TRUE' : 'FALSE';
      case 'e': {
        const error = /^#[A-Z0-9/]{1,20}[!?]?$/.test(value) ? value : 'of its formula';
        this.#broken.set(column, `Cell ${column + 1} of the row holds the error ${error}.`);
        return value;
      }
      case 'n':
        return this.#readNumber(value, cell.style);
      default:
        return readText(value);
    }
  }

  #readNumber(value: string, style: number): string {
    const number = Number(value);
    if (value.trim() === '' || !Number.isFinite(number)) return readText(value);
    const { dateStyles, from1904 } = this.#workbook;
    // Written in the fewest digits that say which number it is, as 0.7 for 0.69999999999999996.
    return (dateStyles[style] === true ? formatDate(number, from1904) : undefined) ?? String(number);
  }
}

/** The column of a reference such as `AB12`, from 0; undefined if it names none. */
const parseColumn = (reference: string): number | undefined => {
  const [letters = ''] = /^[A-Z]{1,3}/.exec(reference) ?? [];
  if (letters === '') return undefined;
  return [...letters].reduce((column, letter) => column * 26 + letter.charCodeAt(0) - 64, 0) - 1;
};
