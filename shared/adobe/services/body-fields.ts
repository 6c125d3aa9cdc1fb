import type { RuleFinding } from './operation.ts';

/** Reads an object of a request that may be malformed; the schema of the body says so. */
export const asFields = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};

/** Reads a list of a request that may be malformed; the schema of the body says so. */
export const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/**
 * Finds that none or both of two fields are there.
 *
 * @param path of the object that holds them
 */
export const exactlyOne = (
  fields: Readonly<Record<string, unknown>>,
  [first, second]: readonly [string, string],
  path: readonly (string | number)[] = [],
): RuleFinding[] => {
  const [hasFirst, hasSecond] = [fields[first] !== undefined, fields[second] !== undefined];
  if (hasFirst !== hasSecond) return [];
  return hasFirst
    ? [{ path: [...path, second], message: `not supported together with ${first}` }]
    : [{ path: [...path, first], message: `field required, or ${second} in its place` }];
};

/**
 * The texts at a place of a body.
 *
 * @param place names of fields with dots between them, `[]` behind a name for each element of its list, such as
 * `variations[].variables[].text`
 */
export const findTextsAt = (body: unknown, place: string): string[] =>
  place
    .split('.')
    .reduce<unknown[]>(
      (values, step) => {
        const isList = step.endsWith('[]');
        const name = isList ? step.slice(0, -2) : step;
        return values.flatMap((value) => (isList ? asList(asFields(value)[name]) : [asFields(value)[name]]));
      },
      [body],
    )
    .filter((value) => typeof value === 'string');
