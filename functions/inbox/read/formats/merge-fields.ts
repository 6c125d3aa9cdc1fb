/** Fields by name, as in a JSON object. */
export type Fields = Record<string, unknown>;

/** Whether a JSON value is an object. */
export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Fills in the fields that are not given, also inside of fields; a list is one value, which replaces the other whole. */
export const mergeFields = (defaults: Fields, given: Fields): Fields =>
  Object.fromEntries(
    [...new Set([...Object.keys(defaults), ...Object.keys(given)])].map((name) => [
      name,
      mergedValue(defaults, given, name),
    ]),
  );

const mergedValue = (defaults: Fields, given: Fields, name: string): unknown => {
  if (!Object.hasOwn(given, name)) return defaults[name];
  const [under, over] = [Object.hasOwn(defaults, name) ? defaults[name] : undefined, given[name]];
  return isFields(under) && isFields(over) ? mergeFields(under, over) : over;
};
