/** Where a value lies: names of fields and indexes of lists. */
export type Path = readonly (string | number)[];

/** A body, as it is sent. */
export type Body = Readonly<Record<string, unknown>>;

/** Reads the value at a place; undefined where nothing is. */
export const getAt = (value: unknown, path: Path): unknown =>
  path.reduce<unknown>((inner, step) => {
    if (Array.isArray(inner)) return typeof step === 'number' ? inner[step] : undefined;
    return isObject(inner) && Object.hasOwn(inner, step) ? inner[step] : undefined;
  }, value);

/**
 * Writes a value at a place and leaves everything else as it is.
 *
 * @param value undefined takes the field away, and what around it is empty then; lists keep their length
 * @returns a copy
 */
export const setAt = (whole: unknown, path: Path, value: unknown): unknown => {
  const [step, ...rest] = path;
  if (step === undefined) return value;
  if (typeof step === 'number') {
    const list = Array.isArray(whole) ? [...whole] : [];
    list[step] = setAt(list[step], rest, value) ?? (rest.length > 0 ? {} : null);
    return list;
  }
  const { [step]: before, ...others } = isObject(whole) ? whole : {};
  const inner = setAt(before, rest, value);
  const isGone = inner === undefined || (value === undefined && rest.length > 0 && isEmpty(inner));
  if (isGone) return others;
  // In its old place, so that the text of the body does not jump while somebody types.
  return isObject(whole) && Object.hasOwn(whole, step) ? { ...whole, [step]: inner } : { ...others, [step]: inner };
};

const isEmpty = (value: unknown): boolean => isObject(value) && Object.keys(value).length === 0;

/** Whether a value is an object with fields. */
export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A place as one text, such as `body/style/presets/0`. */
export const formatPath = (path: Path): string => path.join('/');
