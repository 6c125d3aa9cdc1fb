import type * as z from 'zod';

/** One wrong field in Adobe's shape (Adobe: `validation_errors` of 422 answers). */
export interface ValidationError {
  /** Where the field is: `body`, `header` or `query`, then the path to it. */
  loc: (string | number)[];
  msg: string;
  type: string;
  ctx?: Record<string, unknown>;
}

// A body of 100 KB can hold fifty thousand mistakes: their list would be larger than an answer may be.
const maxErrors = 50;
const maxNameLength = 200;

/**
 * Translates what a schema found into Adobe's words; never repeats a value that the client sent. Of many errors the first fifty
 * are told, each once, see {@link boundErrors}.
 */
export const toValidationErrors = (issues: readonly z.core.$ZodIssue[], place: string): ValidationError[] =>
  boundErrors(translate(issues, place), place);

/**
 * The first fifty errors, names of fields cut to 200 characters, and how many more there are.
 *
 * @param place in which they are, such as `body`
 */
export const boundErrors = (errors: Iterable<ValidationError>, place: string): ValidationError[] => {
  const told = new Map<string, ValidationError>();
  let more = 0;
  for (const error of errors) {
    if (told.size >= maxErrors) {
      more += 1;
      continue;
    }
    const loc = error.loc.map((part) => (typeof part === 'number' ? part : part.slice(0, maxNameLength)));
    told.set(JSON.stringify([loc, error.msg]), { ...error, loc });
  }
  const rest: ValidationError[] = more === 0 ? [] : [{ loc: [place], msg: `and ${more} more`, type: 'value_error' }];
  return [...told.values(), ...rest];
};

function* translate(issues: readonly z.core.$ZodIssue[], place: string): Generator<ValidationError> {
  for (const issue of issues) {
    const loc = [place, ...issue.path.map((part) => (typeof part === 'number' ? part : String(part)))];
    if (issue.code !== 'unrecognized_keys') {
      yield { loc, ...describe(issue) };
      continue;
    }
    for (const key of issue.keys) {
      yield { loc: [...loc, key], msg: 'extra fields not permitted', type: 'value_error.extra' };
    }
  }
}

/** Names every wrong field in one line. */
export const listErrors = (errors: readonly ValidationError[]): string =>
  errors.map(({ loc, msg }) => `${loc.join('.')}: ${msg}`).join('; ');

const typeNames: Record<string, { name: string; type: string }> = {
  string: { name: 'string', type: 'str' },
  int: { name: 'integer', type: 'integer' },
  number: { name: 'number', type: 'float' },
  array: { name: 'list', type: 'list' },
  object: { name: 'dict', type: 'dict' },
  boolean: { name: 'boolean', type: 'bool' },
};

const describe = (issue: z.core.$ZodIssue): Omit<ValidationError, 'loc'> => {
  switch (issue.code) {
    case 'invalid_type': {
      // Zod 4 leaves the input out of its issues, but its message says when there was none.
      if (issue.message.endsWith('received undefined')) return { msg: 'field required', type: 'value_error.missing' };
      // A field that is known and not taken: its schema says why.
      if (issue.expected === 'never') return { msg: issue.message, type: 'value_error' };
      const { name, type } = typeNames[issue.expected] ?? { name: issue.expected, type: issue.expected };
      return { msg: `value is not a valid ${name}`, type: `type_error.${type}` };
    }
    case 'invalid_value': {
      const values = issue.values.map(String);
      return {
        msg: `value is not a valid enumeration member; permitted: ${values.map((value) => `'${value}'`).join(', ')}`,
        type: 'type_error.enum',
        ctx: { enum_values: values },
      };
    }
    case 'too_big':
      return limit('most', issue.origin, Number(issue.maximum));
    case 'too_small':
      return limit('least', issue.origin, Number(issue.minimum));
    default:
      return { msg: issue.message, type: 'value_error' };
  }
};

const limit = (bound: 'most' | 'least', origin: string, value: number): Omit<ValidationError, 'loc'> => {
  const end = bound === 'most' ? 'max' : 'min';
  switch (origin) {
    case 'string':
      return {
        msg: `ensure this value has at ${bound} ${value} characters`,
        type: `value_error.any_str.${end}_length`,
        ctx: { limit_value: value },
      };
    case 'array':
      return {
        msg: `ensure this value has at ${bound} ${value} items`,
        type: `value_error.list.${end}_items`,
        ctx: { limit_value: value },
      };
    default:
      return {
        msg: `ensure this value is ${bound === 'most' ? 'less' : 'greater'} than or equal to ${value}`,
        type: `value_error.number.not_${bound === 'most' ? 'le' : 'ge'}`,
        ctx: { limit_value: value },
      };
  }
};
