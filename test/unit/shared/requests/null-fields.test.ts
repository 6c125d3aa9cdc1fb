import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { operations } from '#shared/adobe/services/registry.ts';
import { findNullFields, removeFields } from '#shared/requests/null-fields.ts';
import { validateRequest, writeBody } from '#shared/requests/request-validation.ts';
import { operationRequests } from '#test/fixtures/operation-requests.ts';

type Schema = { properties?: Record<string, Schema>; required?: string[]; items?: Schema };

/** The body with null in every field that the schema lets it leave out, wherever there is an object. */
const withNulls = (schema: Schema, body: unknown): unknown => {
  if (Array.isArray(body)) return body.map((item) => withNulls(schema.items ?? {}, item));
  if (typeof body !== 'object' || body === null) return body;
  const { properties = {}, required = [] } = schema;
  const unset = Object.keys(properties).filter((name) => !required.includes(name));
  return {
    ...Object.fromEntries(unset.map((name) => [name, null])),
    ...Object.fromEntries(
      Object.entries(body).map(([name, value]) => [name, withNulls(properties[name] ?? {}, value)]),
    ),
  };
};

describe('a field that is null', () => {
  it.each(operationRequests)('counts as not given in every optional field of $name', ({ name, body, headers }) => {
    const operation = operations.find((each) => each.name === name);
    if (operation === undefined) throw new Error(`There is no operation ${name}.`);
    const schema = z.toJSONSchema(operation.body, { io: 'input', unrepresentable: 'any' }) as Schema;
    const given = withNulls(schema, body);
    const text = JSON.stringify(given);
    expect(text).toContain('null');
    const found = validateRequest(operation, given, headers?.['x-model-version'], {});
    expect(found).toMatchObject({ body, validationErrors: [], warnings: [] });
    expect(JSON.parse(writeBody(text, found.nullFields))).toEqual(body);
    // What the caller sent is not changed under its feet.
    expect(JSON.stringify(given)).toBe(text);
  });

  const schema = z.strictObject({
    name: z.string(),
    note: z.string().optional(),
    kind: z.string().nullable().optional(),
    count: z.int().default(1),
    list: z.array(z.strictObject({ note: z.string().optional() }).optional()).optional(),
    either: z.union([z.strictObject({ url: z.string().optional() }), z.string()]).optional(),
  });

  it.each([
    [{ note: null }, [['note']]],
    [{ count: null }, [['count']]],
    [{ list: [{ note: 'a' }, { note: null }] }, [['list', 1, 'note']]],
    [{ either: { url: null } }, [['either', 'url']]],
    // Required, meant, unknown, or an item of a list.
    [{ name: null }, []],
    [{ kind: null }, []],
    [{ other: null, constructor: null }, []],
    [{ list: [null] }, []],
    [null, []],
    [[{ note: null }], []],
  ])('is found in %j at %j', (body, paths) => {
    expect(findNullFields(schema, body)).toEqual(paths);
  });

  it('is removed, and nothing else, whatever numbers stand beside it', () => {
    expect(
      removeFields({ a: { b: null, c: 0 }, d: [{ e: null }] }, [
        ['a', 'b'],
        ['d', 0, 'e'],
        ['x', 'y'],
      ]),
    ).toEqual({
      a: { c: 0 },
      d: [{}],
    });
    expect(writeBody('{ "a": null, "n": 1e20 }', [['a']])).toBe('{"n":1e20}');
    expect(writeBody('{ "n": 1e20 }', [])).toBe('{ "n": 1e20 }');
  });
});
