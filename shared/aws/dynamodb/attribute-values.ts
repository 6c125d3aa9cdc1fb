/** A value as DynamoDB's JSON writes it. Sets and binary values are not used. */
export type AttributeValue =
  | { S: string }
  | { N: string }
  | { BOOL: boolean }
  | { NULL: true }
  | { L: AttributeValue[] }
  | { M: AttributeMap };

/** Attributes by their names, as DynamoDB's JSON writes them. */
export type AttributeMap = { [name: string]: AttributeValue };

/**
 * Writes attributes as DynamoDB takes them; those that are undefined are left out.
 *
 * @throws {TypeError} for what is neither text, number, boolean, null, list nor plain object, and for numbers that would not come back
 * as they are. It names the attribute and not its value, which may be a prompt or a secret
 */
export const toAttributes = (values: object): AttributeMap =>
  // Of entries, so that any name is one of a member: `__proto__` as well.
  Object.fromEntries(
    Object.entries(values)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, toAttribute(value, name)]),
  );

const toAttribute = (value: unknown, name: string): AttributeValue => {
  switch (typeof value) {
    case 'string':
      return { S: value };
    case 'number':
      return { N: writeNumber(value, name) };
    case 'boolean':
      return { BOOL: value };
    case 'object':
      if (value === null) return { NULL: true };
      if (Array.isArray(value)) {
        return { L: value.filter((entry) => entry !== undefined).map((entry) => toAttribute(entry, name)) };
      }
      if (isPlain(value)) return { M: toAttributes(value) };
  }
  throw new TypeError(`The attribute ${name} is of a type that DynamoDB does not take.`);
};

const writeNumber = (value: number, name: string): string => {
  if (Math.abs(value) <= Number.MAX_SAFE_INTEGER) return String(value);
  throw new TypeError(`The attribute ${name} is not a number that DynamoDB gives back as it was.`);
};

const isPlain = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
};

/**
 * Reads attributes of an answer.
 *
 * @throws {TypeError} for sets and binary values, which the gateway does not write
 */
export const fromAttributes = (attributes: AttributeMap): Record<string, unknown> =>
  Object.fromEntries(Object.entries(attributes).map(([name, attribute]) => [name, fromAttribute(attribute, name)]));

const fromAttribute = (attribute: AttributeValue, name: string): unknown => {
  if ('S' in attribute) return attribute.S;
  if ('N' in attribute) return Number(attribute.N);
  if ('M' in attribute) return fromAttributes(attribute.M);
  if ('L' in attribute) return attribute.L.map((entry) => fromAttribute(entry, name));
  if ('BOOL' in attribute) return attribute.BOOL;
  if ('NULL' in attribute) return null;
  throw new TypeError(`The attribute ${name} is of a type that the gateway does not write.`);
};
