import * as z from 'zod';

/** A part of the document. */
export type Json = Record<string, unknown>;

const componentPath = '#/components/schemas/';

/** Collects the schemas that are named, so that each stands in the document once. */
export const createSchemas = () => {
  const components: Record<string, Json> = {};
  const schemaOf = (schema: z.ZodType, io: 'input' | 'output'): Json => {
    const {
      $defs,
      $schema: _,
      ...json
    } = z.toJSONSchema(schema, {
      io,
      unrepresentable: 'any',
      // A named schema is always a reference, also where it stands alone.
      override: ({ jsonSchema }) => tidy(jsonSchema, io),
    }) as Json & { $defs?: Record<string, Json> };
    for (const [name, definition] of Object.entries($defs ?? {})) components[name] ??= relinked(definition) as Json;
    const { id } = z.globalRegistry.get(schema) ?? {};
    if (id === undefined) return relinked(json) as Json;
    components[id] ??= relinked(json) as Json;
    return { $ref: `${componentPath}${id}` };
  };
  return { components, schemaOf };
};

/** Unknown fields of requests are passed on, and whole numbers are not limited by what JavaScript can count to. */
const tidy = (schema: Json, io: 'input' | 'output'): void => {
  if (io === 'input' || schema['additionalProperties'] === false) delete schema['additionalProperties'];
  if (schema['minimum'] === Number.MIN_SAFE_INTEGER) delete schema['minimum'];
  if (schema['maximum'] === Number.MAX_SAFE_INTEGER) delete schema['maximum'];
  delete schema['id'];
};

const relinked = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(relinked);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      name === '$ref' && typeof inner === 'string' ? inner.replace('#/$defs/', componentPath) : relinked(inner),
    ]),
  );
};
