import * as z from 'zod';

/** Path of a field inside a body. */
export type FieldPath = readonly (string | number)[];

/**
 * Finds the fields that are null and may be left out: clients of typed languages write null for what they do not set, and it
 * counts as not given. A required field, one that takes null, one that the schema does not know and an item of a list are none.
 *
 * @param schema of the body
 */
export const findNullFields = (schema: z.core.$ZodType, body: unknown): FieldPath[] => {
  const inner = unwrap(schema);
  if (typeof body !== 'object' || body === null) return [];
  if (inner instanceof z.ZodUnion) return inner.options.flatMap((option) => findNullFields(option, body));
  if (inner instanceof z.ZodArray) {
    if (!Array.isArray(body)) return [];
    return body.flatMap((item, index) => prefix(index, findNullFields(inner.element, item)));
  }
  if (!(inner instanceof z.ZodObject)) return [];
  return Object.entries(body).flatMap(([name, value]) => {
    const field: z.core.$ZodType | undefined = Object.hasOwn(inner.shape, name) ? inner.shape[name] : undefined;
    if (field === undefined) return [];
    if (value !== null) return prefix(name, findNullFields(field, value));
    return accepts(field, undefined) && !accepts(field, null) ? [[name]] : [];
  });
};

/**
 * Removes fields from a body.
 *
 * @param body is changed: a parsed one that nothing else holds
 * @returns the same body
 */
export const removeFields = (body: unknown, paths: readonly FieldPath[]): unknown => {
  for (const path of paths) {
    const [name] = path.slice(-1);
    let parent = body;
    for (const step of path.slice(0, -1)) parent = readField(parent, step);
    if (typeof parent === 'object' && parent !== null && name !== undefined) Reflect.deleteProperty(parent, name);
  }
  return body;
};

const readField = (parent: unknown, name: string | number): unknown =>
  typeof parent === 'object' && parent !== null ? Reflect.get(parent, name) : undefined;

const unwrap = (schema: z.core.$ZodType): z.core.$ZodType =>
  schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodNullable
    ? unwrap(schema.unwrap())
    : schema;

const accepts = (schema: z.core.$ZodType, value: unknown): boolean => z.safeParse(schema, value).success;

const prefix = (name: string | number, paths: FieldPath[]): FieldPath[] => paths.map((path) => [name, ...path]);
