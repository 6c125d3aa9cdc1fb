import { type Path, setAt } from '../make/form/body.ts';
import type { Field, ObjectField } from '../make/schema/field.ts';

/**
 * The body that a row of a table stands for, near enough to be checked: a column is a field by its dotted name, in capitals or not, and
 * a cell is read as the field's schema has it. The gateway itself reads the file when it has come.
 *
 * @param cells by their columns; those that no field has are columns of the caller's own
 */
export const buildTableBody = (
  cells: Readonly<Record<string, string>>,
  body: ObjectField,
): Readonly<Record<string, unknown>> => {
  let built: unknown = {};
  for (const [column, cell] of Object.entries(cells)) {
    const found = cell === '' ? undefined : findField(column.replace(/^body\./i, '').split('.'), body);
    if (found !== undefined) built = setAt(built, found.path, readCell(cell, found.field));
  }
  return built as Readonly<Record<string, unknown>>;
};

const findField = ([step, ...rest]: readonly string[], field: Field): { path: Path; field: Field } | undefined => {
  if (step === undefined) return { path: [], field };
  const isIndex = field.kind === 'list' && /^\d+$/.test(step);
  const inner = isIndex ? field.item() : listInner(field).find(({ name }) => name.toLowerCase() === step.toLowerCase());
  const deeper = inner && findField(rest, inner);
  return deeper && { path: [isIndex ? Number(step) : (inner?.name ?? step), ...deeper.path], field: deeper.field };
};

const listInner = (field: Field): readonly Field[] => {
  if (field.kind === 'object') return field.fields();
  if (field.kind === 'size') return [field.width, field.height];
  return [];
};

const readCell = (cell: string, field: Field): unknown => {
  if (field.kind === 'text') return cell;
  if (field.kind === 'boolean' && /^(true|false)$/i.test(cell)) return cell.toLowerCase() === 'true';
  if (field.kind === 'choice') return field.values.find((value) => String(value) === cell) ?? cell;
  try {
    return JSON.parse(cell);
  } catch {
    return cell;
  }
};
