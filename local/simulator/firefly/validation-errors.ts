import type * as z from 'zod';
import { type Answer, json } from '../http/answer.ts';

/** One entry of `validation_errors`, in the shape of Adobe's spec. */
export interface ValidationError {
  /** Where the value stands: `body` or `header`, then the path inside. */
  loc: (string | number)[];
  msg: string;
  type: string;
  ctx?: Record<string, unknown>;
}

/** 422 as the Firefly API words it: about meaning and references, and as documented about fields as well. */
export const validationAnswer = (errors: ValidationError[], message = 'Validation error'): Answer =>
  json(422, { error_code: 'validation_error', message, validation_errors: errors });

/** 400 as the Firefly API was seen to word what is wrong with fields. */
export const badRequest = (errors: ValidationError[], message = 'Bad request'): Answer =>
  json(400, { error_code: 'bad_request', message, validation_errors: errors });

/** Adobe's words for what is wrong with a body. */
export const bodyErrors = (issues: readonly z.core.$ZodIssue[]): ValidationError[] =>
  issues.map((issue) => ({ loc: ['body', ...issue.path.map(asLocation)], ...wording(issue) }));

const asLocation = (key: PropertyKey): string | number => (typeof key === 'number' ? key : String(key));

const wording = (issue: z.core.$ZodIssue): Omit<ValidationError, 'loc'> => {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined
        ? { msg: 'field required', type: 'value_error.missing' }
        : { msg: `value is not a valid ${issue.expected}`, type: `type_error.${issue.expected}` };
    case 'too_small':
      return limit('min', 'ge', issue.origin, issue.minimum);
    case 'too_big':
      return limit('max', 'le', issue.origin, issue.maximum);
    case 'invalid_value':
      return {
        msg: 'value is not a valid enumeration member',
        type: 'type_error.enum',
        ctx: { enum_values: issue.values },
      };
    default:
      return { msg: issue.message, type: 'value_error' };
  }
};

const limit = (
  word: 'min' | 'max',
  comparison: 'ge' | 'le',
  origin: string,
  value: number | bigint,
): Omit<ValidationError, 'loc'> => {
  const bound = `at ${word === 'min' ? 'least' : 'most'} ${value}`;
  const ctx = { limit_value: Number(value) };
  if (origin === 'string') {
    return { msg: `ensure this value has ${bound} characters`, type: `value_error.any_str.${word}_length`, ctx };
  }
  if (origin === 'array') {
    return { msg: `ensure this value has ${bound} items`, type: `value_error.list.${word}_items`, ctx };
  }
  return { msg: `ensure this value is ${bound}`, type: `value_error.number.not_${comparison}`, ctx };
};
