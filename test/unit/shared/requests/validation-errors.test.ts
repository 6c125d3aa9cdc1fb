import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { toValidationErrors } from '#shared/requests/validation-errors.ts';

const errorsOf = (schema: z.ZodType, value: unknown) =>
  toValidationErrors(schema.safeParse(value).error?.issues ?? [], 'body');

describe('toValidationErrors', () => {
  it('tells the first fifty, each once, and how many more there are', () => {
    const errors = errorsOf(z.array(z.strictObject({ width: z.int() })), Array(30_000).fill({ hue: 1 }));
    expect(errors).toHaveLength(51);
    expect(errors.at(0)?.loc).toEqual(['body', 0, 'width']);
    expect(errors.at(-1)).toEqual({ loc: ['body'], msg: 'and 59950 more', type: 'value_error' });
    expect(
      errorsOf(z.strictObject({}), Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`k${n}`, 1]))),
    ).toHaveLength(50);
    const twice = z
      .string()
      .refine(() => false, { error: 'no' })
      .refine(() => false, { error: 'no' });
    expect(errorsOf(twice, 'x')).toHaveLength(1);
  });

  it('cuts the names of fields', () => {
    const [error] = errorsOf(z.strictObject({}), { ['n'.repeat(90_000)]: 1 });
    expect(error?.loc).toEqual(['body', 'n'.repeat(200)]);
  });

  it.each<[string, z.ZodType, unknown, { msg: string; type: string }]>([
    ['missing', z.string(), undefined, { msg: 'field required', type: 'value_error.missing' }],
    ['wrong type', z.string(), 1, { msg: 'value is not a valid string', type: 'type_error.str' }],
    ['null', z.int(), null, { msg: 'value is not a valid number', type: 'type_error.float' }],
    ['fraction', z.int(), 1.5, { msg: 'value is not a valid integer', type: 'type_error.integer' }],
    [
      'enumeration',
      z.enum(['photo', 'art']),
      'sculpture',
      { msg: "value is not a valid enumeration member; permitted: 'photo', 'art'", type: 'type_error.enum' },
    ],
    [
      'long string',
      z.string().max(2),
      'abc',
      { msg: 'ensure this value has at most 2 characters', type: 'value_error.any_str.max_length' },
    ],
    [
      'long list',
      z.array(z.int()).max(1),
      [1, 2],
      { msg: 'ensure this value has at most 1 items', type: 'value_error.list.max_items' },
    ],
    [
      'small number',
      z.int().min(3),
      2,
      { msg: 'ensure this value is greater than or equal to 3', type: 'value_error.number.not_ge' },
    ],
    ['rule', z.string().refine(() => false, { error: 'no' }), 'x', { msg: 'no', type: 'value_error' }],
  ])("says it in Adobe's words: %s", (_, schema, value, expected) => {
    expect(errorsOf(z.object({ field: schema }), { field: value })).toEqual([
      expect.objectContaining({ loc: ['body', 'field'], ...expected }),
    ]);
  });

  it('names the place in lists by number', () => {
    expect(errorsOf(z.object({ seeds: z.array(z.int()) }), { seeds: [1, 'x'] })[0]?.loc).toEqual(['body', 'seeds', 1]);
  });

  it('names each field that is unknown', () => {
    const schema = z.object({ size: z.strictObject({ width: z.int() }) });
    expect(errorsOf(schema, { size: { width: 1, depth: 2, colour: 3 } })).toEqual([
      { loc: ['body', 'size', 'depth'], msg: 'extra fields not permitted', type: 'value_error.extra' },
      { loc: ['body', 'size', 'colour'], msg: 'extra fields not permitted', type: 'value_error.extra' },
    ]);
  });

  it('never repeats a value', () => {
    const schema = z.object({ prompt: z.string().max(3), contentClass: z.enum(['photo']) });
    expect(JSON.stringify(errorsOf(schema, { prompt: 'secret', contentClass: 'secret' }))).not.toContain('secret');
  });
});
