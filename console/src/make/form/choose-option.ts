import type { Field, UnionField } from '../schema/field.ts';
import { isObject } from './body.ts';

/**
 * Which form of a union a value has.
 *
 * @returns the index, or -1 if the value is not there or has none of the forms
 */
export const findOption = (union: UnionField, value: unknown): number => {
  if (value === undefined || value === null) return -1;
  const scores = union.options().map((option) => scoreValue(option, value));
  const best = Math.max(...scores);
  return best <= 0 ? -1 : scores.indexOf(best);
};

/** How well a value fits a form: 0 for not at all. */
const scoreValue = (field: Field, value: unknown): number => {
  switch (field.kind) {
    case 'constant':
      return field.value === value ? 2 : 0;
    case 'choice':
      return field.values.some((each) => each === value) ? 2 : 0;
    case 'text':
      return Number(typeof value === 'string');
    case 'number':
      return Number(typeof value === 'number');
    case 'boolean':
      return Number(typeof value === 'boolean');
    case 'list':
      return Number(Array.isArray(value));
    case 'object':
      return isObject(value) ? scoreObject(field.fields(), value) : 0;
    case 'size':
      return isObject(value) ? scoreObject([field.width, field.height], value) : 0;
    case 'source':
      return Number(isObject(value));
    case 'union':
      return Math.max(0, ...field.options().map((option) => scoreValue(option, value)));
    case 'json':
      return 0.5;
  }
};

const scoreObject = (fields: readonly Field[], value: Readonly<Record<string, unknown>>): number => {
  let score = 1;
  for (const field of fields) {
    const given = value[field.name];
    if (field.kind === 'constant' && given !== undefined && given !== field.value) return 0;
    if (given !== undefined) score += field.kind === 'constant' ? 10 : 1;
  }
  return score;
};
