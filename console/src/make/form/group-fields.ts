import type { Field } from '../schema/field.ts';

/** The fields of a form in the order in which a person meets them. */
export interface FieldGroups {
  /** What is to be made, in words. */
  prompts: readonly Field[];
  /** What must be there. */
  required: readonly Field[];
  /** What is often chosen and needs one click. */
  common: readonly Field[];
  /** Everything else. */
  more: readonly Field[];
}

const maxCommon = 8;
const maxShortChoice = 12;

/** Sorts fields by what their schemas say, as nobody lists them: a field that is new has its group as well. */
export const groupFields = (fields: readonly Field[]): FieldGroups => {
  const prompts = fields.filter((field) => field.kind === 'text' && field.isPrompt);
  const required = fields.filter((field) => field.isRequired && !prompts.includes(field));
  const rest = fields.filter((field) => !prompts.includes(field) && !required.includes(field));
  const common = rest.filter(isOneClick).slice(0, maxCommon);
  return { prompts, required, common, more: rest.filter((field) => !common.includes(field)) };
};

const isOneClick = (field: Field): boolean => {
  if (field.isDeprecated) return false;
  if (field.kind === 'choice') return field.values.length <= maxShortChoice;
  if (field.kind === 'number') return field.minimum !== undefined && field.maximum !== undefined;
  if (field.kind === 'object') return field.fields().some(isMask);
  return field.kind === 'size' || (field.kind === 'source' && field.maskOf !== undefined);
};

// An edit of an image is seldom without its mask.
const isMask = (field: Field): boolean => field.kind === 'source' && field.maskOf !== undefined;
