import { defaultOperation } from '../line-request.ts';
import { RefusedFileError } from '../prepared-line.ts';
import { isForeign, isHeader, readColumnName } from './known-names.ts';
import { type OwnColumns, readOwnColumns } from './own-columns.ts';

/** What the header row of a table says. */
export interface Columns {
  /** Makes a request of the cells of a row, all of whose fields are texts; empty cells are left out. */
  buildRequest(cells: readonly string[]): TableRequest;
  /** Whether the header names the column, whose number counts from 0. */
  isNamed(column: number): boolean;
  /** The columns that are no part of a request. */
  own: OwnColumns;
  isOwn(column: number): boolean;
}

/** A request as it is written in a row. */
export interface TableRequest {
  operation?: string;
  id?: string;
  priority?: string;
  modelVersion?: string;
  name?: string;
  labels?: string;
  body: Record<string, unknown>;
}

const maxNameLength = 255;
// Far more than any documented field needs.
const maxNameDepth = 16;
const listIndex = /^(0|[1-9]\d{0,3})$/;

/** A field that a column holds, or one with others inside. */
type Field = { kind: 'cell'; column: number; name: string } | { kind: 'fields' | 'list'; members: Map<string, Field> };

/**
 * Reads a header row: `operation`, `id`, `priority`, `modelVersion`, `name`, and fields of the body such as `prompt`, `size.width`
 * or `seeds.0`, in capitals or not. With the prefix `body.` a field of the body may have any name; other names are the caller's
 * own. A column without a name must be empty.
 *
 * @throws {RefusedFileError} naming the column that is wrong
 */
export const readColumns = (header: readonly string[]): Columns => {
  const names = header.map((name) => name.trim());
  // Asked first: what is no header at all may hold prompts, which must not be repeated.
  if (!isHeader(names)) {
    throw refused(
      'The first row is no header: it must name the fields of the rows below, such as prompt, separated by commas, semicolons or tabs.',
    );
  }
  const ofLine = new Map<string, number>();
  const body = new Map<string, Field>();
  // Those with `body.` in front are sent whatever the operation knows.
  const asked = new Set<string>();
  const labels: { column: number; label: string }[] = [];
  const own: { column: number; name: string }[] = [];
  for (const [column, name] of names.entries()) {
    if (name === '') continue;
    if (name.toLowerCase() === 'body') {
      throw refused('The column body must name one field of the body, such as body.prompt.');
    }
    const known = readColumnName(name);
    if (known.kind === 'own') own.push({ column, name });
    else if (known.kind === 'label') labels.push({ column, label: known.label });
    else if (known.kind === 'body') {
      checkPath(name, column, known.path);
      if (known.isPrefixed) asked.add(known.path[0] ?? '');
      addField(body, known.path, { kind: 'cell', column, name });
    } else if (ofLine.has(known.field)) throw standsTwice(name);
    else ofLine.set(known.field, column);
  }
  const fields = new Map([...body].map(([name, field]) => [name, withLists(field)]));
  const fieldsOf = (operation: string): ReadonlyMap<string, Field> =>
    new Map([...fields].filter(([name]) => asked.has(name) || !isForeign(name, operation)));
  const operationColumn = ofLine.get('operation') ?? -1;
  const ownColumns = new Set(own.map(({ column }) => column));
  return {
    buildRequest: (cells) => ({
      ...Object.fromEntries(
        [...ofLine].flatMap(([name, column]) => {
          const text = cells[column]?.trim() ?? '';
          return text === '' ? [] : [[name, text]];
        }),
      ),
      ...readLabels(labels, cells, ofLine.get('labels')),
      body: readFields(fieldsOf(cells[operationColumn]?.trim() || defaultOperation), cells),
    }),
    isNamed: (column) => (names[column] ?? '') !== '',
    own: readOwnColumns(own),
    isOwn: (column) => ownColumns.has(column),
  };
};

/** The labels of a row as one text; nothing if all of their cells are empty. */
const readLabels = (
  columns: readonly { column: number; label: string }[],
  cells: readonly string[],
  labelsColumn: number | undefined,
): Pick<TableRequest, 'labels'> => {
  const cell = (column: number): string => cells[column]?.trim() ?? '';
  const own = columns.flatMap(({ column, label }) => (cell(column) === '' ? [] : [`${label}=${cell(column)}`]));
  const all = [labelsColumn === undefined ? '' : cell(labelsColumn), ...own].filter((text) => text !== '');
  return all.length === 0 ? {} : { labels: all.join(', ') };
};

const checkPath = (name: string, column: number, path: readonly string[]): void => {
  if (name.length > maxNameLength) {
    throw refused(`The name of column ${column + 1} has more than ${maxNameLength} characters.`);
  }
  if (/\p{Cc}/u.test(name)) throw refused(`The name of column ${column + 1} has a control character.`);
  if (path.length > maxNameDepth || path.includes('') || path.includes('__proto__')) {
    throw refused(`The column ${name} is no name of a field.`);
  }
};

const addField = (
  fields: Map<string, Field>,
  [first = '', ...rest]: readonly string[],
  cell: Field & { kind: 'cell' },
) => {
  const field = fields.get(first);
  if (rest.length === 0) {
    if (field !== undefined) throw excluded(cell, field);
    fields.set(first, cell);
    return;
  }
  if (field?.kind === 'cell') throw excluded(cell, field);
  const members = field?.members ?? new Map<string, Field>();
  if (field === undefined) fields.set(first, { kind: 'fields', members });
  addField(members, rest, cell);
};

/** Makes lists of the fields whose members are numbered, in the order of the numbers. */
const withLists = (field: Field): Field => {
  if (field.kind === 'cell') return field;
  const members = [...field.members].map(([name, member]): [string, Field] => [name, withLists(member)]);
  const numbered = members.filter(([name]) => listIndex.test(name));
  if (numbered.length === 0) return { kind: 'fields', members: new Map(members) };
  const [other] = members.filter(([name]) => !listIndex.test(name));
  const [member] = numbered;
  if (other !== undefined && member !== undefined) throw excluded(firstCell(member[1]), other[1]);
  return { kind: 'list', members: new Map(numbered.sort(([a], [b]) => Number(a) - Number(b))) };
};

const readFields = (fields: ReadonlyMap<string, Field>, cells: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(
    [...fields].flatMap(([name, field]) => {
      const value = readField(field, cells);
      return value === undefined ? [] : [[name, value]];
    }),
  );

/** What the cells of a row say of a field; undefined if nothing. */
const readField = (field: Field, cells: readonly string[]): unknown => {
  if (field.kind === 'cell') return cells[field.column] || undefined;
  const fields = readFields(field.members, cells);
  const values = [...field.members.keys()].flatMap((name) => (Object.hasOwn(fields, name) ? [fields[name]] : []));
  if (values.length === 0) return undefined;
  return field.kind === 'list' ? values : fields;
};

const firstCell = (field: Field): Field & { kind: 'cell' } => {
  if (field.kind === 'cell') return field;
  const [member] = field.members.values();
  if (member === undefined) throw new TypeError('A field without members has no column.');
  return firstCell(member);
};

const excluded = ({ name }: Field & { kind: 'cell' }, other: Field): RefusedFileError => {
  const { name: otherName } = firstCell(other);
  return name === otherName ? standsTwice(name) : refused(`The columns ${otherName} and ${name} exclude each other.`);
};

const standsTwice = (name: string): RefusedFileError => refused(`The column ${name} stands twice in the header.`);

const refused = (message: string): RefusedFileError => new RefusedFileError('invalid_header', message.toWellFormed());
