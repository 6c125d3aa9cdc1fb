import { buildInitialItem, buildInitialValue, type Field } from '../schema/field.ts';
import { isObject, type Path, setAt } from './body.ts';
import { findOption } from './choose-option.ts';

/**
 * The value of a field after somebody has changed something in it. What must be there and can be only one thing comes with the first
 * change inside of an object, and an optional object goes with its last.
 *
 * @param path from the field on
 * @param value undefined takes it away
 * @returns undefined if the field is gone
 */
export const applyChange = (field: Field, whole: unknown, path: Path, value: unknown): unknown => {
  const [step, ...rest] = path;
  if (step === undefined) return value;
  switch (field.kind) {
    case 'object':
      return changeObject(field.fields(), field, whole, path, value);
    case 'source':
      return changeObject(field.others(), field, whole, path, value);
    case 'list': {
      if (typeof step !== 'number') return setAt(whole, path, value);
      const item = field.item();
      const list = Array.isArray(whole) ? [...whole] : [];
      list[step] = applyChange(item, list[step], rest, value) ?? buildInitialItem(item);
      return list;
    }
    case 'union': {
      const option = field.options()[findOption(field, whole)];
      return option === undefined ? setAt(whole, path, value) : applyChange(option, whole, path, value);
    }
    default:
      return setAt(whole, path, value);
  }
};

const changeObject = (fields: readonly Field[], field: Field, whole: unknown, path: Path, value: unknown): unknown => {
  const [step = '', ...rest] = path;
  const before = isObject(whole) ? whole : undefined;
  const inner = fields.find(({ name }) => name === step);
  const changed =
    inner === undefined ? setAt(before?.[step], rest, value) : applyChange(inner, before?.[step], rest, value);
  const initial = buildInitialValue(field);
  const start = isObject(initial) ? initial : {};
  const next = setAt({ ...start, ...before }, [step], changed);
  if (changed !== undefined) return next;
  // Nothing was taken away where nothing was.
  if (before?.[step] === undefined) return whole;
  const isEmptied = isObject(next) && Object.entries(next).every(([name, each]) => isEqual(each, start[name]));
  return isEmptied ? undefined : next;
};

const isEqual = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);
