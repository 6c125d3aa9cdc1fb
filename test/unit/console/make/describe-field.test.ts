import { describe, expect, it } from 'vitest';
import { describeField } from '#console/src/make/schema/describe-field.ts';
import type { Field } from '#console/src/make/schema/field.ts';
import type { JsonSchema, NamedSchemas } from '#console/src/make/schema/json-schema.ts';

const read = (schema: JsonSchema, named: NamedSchemas = {}, name = 'field'): Field | undefined =>
  describeField(schema, { name, place: name, isRequired: false }, { named, promptPlaces: ['prompt', 'lines[].text'] });

const inner = (field: Field | undefined): readonly Field[] => (field?.kind === 'object' ? field.fields() : []);

describe('what a form shows for a schema', () => {
  it('is by kind what the schema allows, with its limits, default and explanation', () => {
    expect(read({ type: 'integer', minimum: 1, maximum: 4, default: 2, description: 'How many' })).toMatchObject({
      kind: 'number',
      isInteger: true,
      minimum: 1,
      maximum: 4,
      default: 2,
      description: 'How many',
      label: 'Field',
    });
    expect(read({ type: 'number', exclusiveMinimum: 0 })).toMatchObject({
      kind: 'number',
      isInteger: false,
      minimum: 0,
    });
    expect(read({ type: 'boolean' })).toMatchObject({ kind: 'boolean' });
    expect(read({ type: 'string', enum: ['photo', 'art'] })).toMatchObject({
      kind: 'choice',
      values: ['photo', 'art'],
    });
    expect(read({ type: 'string', const: 'add' })).toMatchObject({ kind: 'constant', value: 'add' });
    expect(read({ type: 'string', maxLength: 1024 })).toMatchObject({ kind: 'text', isLong: true, maxLength: 1024 });
    expect(read({ type: 'string', format: 'password' })).toMatchObject({ kind: 'text', isSecret: true, isLong: false });
    expect(read({ type: 'string', examples: ['bw', 'neon'] })).toMatchObject({ suggestions: ['bw', 'neon'] });
  });

  it('is JSON for what it does not know, and nothing for what nothing satisfies', () => {
    for (const schema of [{}, { type: 'object' }, { type: ['string', 'number'] }]) {
      expect(read(schema)).toMatchObject({ kind: 'json' });
    }
    expect(read({ not: {} })).toBeUndefined();
    expect(inner(read({ type: 'object', properties: { gone: { not: {} }, here: { type: 'string' } } }))).toHaveLength(
      1,
    );
  });

  it('has every property, required or not, below its name', () => {
    const fields = inner(
      read(
        {
          type: 'object',
          properties: { numVariations: { type: 'integer' }, prompt: { type: 'string' } },
          required: ['prompt'],
        },
        {},
        '',
      ),
    );
    expect(fields.map(({ label, isRequired }) => [label, isRequired])).toEqual([
      ['Number of variations', false],
      ['Prompt', true],
    ]);
    expect(fields[1]).toMatchObject({ kind: 'text', isPrompt: true });
  });

  it('knows prompts inside of lists', () => {
    const list = read(
      { type: 'array', items: { type: 'object', properties: { text: { type: 'string' } } } },
      {},
      'lines',
    );
    expect(list?.kind === 'list' && inner(list.item())[0]).toMatchObject({ kind: 'text', isPrompt: true });
  });

  it('takes null out of a schema, wherever it stands', () => {
    for (const schema of [
      { type: ['string', 'null'] },
      { anyOf: [{ type: 'string' }, { type: 'null' }] },
      { oneOf: [{ type: 'null' }, { type: 'string' }] },
    ]) {
      expect(read(schema)).toMatchObject({ kind: 'text', isNullable: true });
    }
    expect(read({ type: 'string' })).toMatchObject({ isNullable: false });
  });

  it('follows references, also of schemas that contain themselves', () => {
    const layer: JsonSchema = {
      type: 'object',
      description: 'A layer',
      properties: {
        name: { type: 'string' },
        children: { type: 'array', items: { $ref: '#/components/schemas/Layer' } },
      },
    };
    const list = read({ type: 'array', items: { $ref: '#/components/schemas/Layer' } }, { Layer: layer });
    const item = list?.kind === 'list' ? list.item() : undefined;
    expect(item).toMatchObject({ kind: 'object', description: 'A layer' });
    const children = inner(item)[1];
    expect(children?.kind === 'list' && children.item()).toMatchObject({ kind: 'object', description: 'A layer' });
    expect(read({ $ref: '#/components/schemas/Nothing' })).toMatchObject({ kind: 'json' });
  });

  it('puts the parts of allOf together', () => {
    const whole = read({
      allOf: [
        { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] },
        { properties: { b: { type: 'string' } } },
      ],
    });
    expect(inner(whole).map(({ name, isRequired }) => [name, isRequired])).toEqual([
      ['a', true],
      ['b', false],
    ]);
  });

  it('names the options of a union by what tells them apart', () => {
    const union = read({
      oneOf: [
        { title: 'Nothing at all', type: 'boolean' },
        { type: 'object', properties: { type: { const: 'custom_profile' } } },
        { type: 'array', items: { type: 'string' } },
        { type: 'object', properties: { lookAt: { type: 'number' }, roll: { type: 'number' } } },
      ],
    });
    const labels = union?.kind === 'union' ? union.options().map(({ label }) => label) : [];
    expect(labels).toEqual(['Nothing at all', 'Custom profile', 'Several', 'Look at, Roll']);
  });

  it('knows what reads a file, and what it masks', () => {
    const url: JsonSchema = { type: 'string' };
    expect(read({ type: 'object', properties: { url } }, {}, 'source')).toMatchObject({
      kind: 'source',
      takesUploadId: false,
    });
    expect(read({ type: 'object', properties: { uploadId: url, url } }, {}, 'mask')).toMatchObject({
      takesUploadId: true,
    });
    expect(read({ type: 'object', properties: { url } }, {}, 'destination')).toMatchObject({ kind: 'object' });
    const mask = read({
      type: 'object',
      properties: { source: { type: 'object', properties: { url } } },
      'x-mask-of': 'image',
    });
    expect(inner(mask)[0]).toMatchObject({ kind: 'source', maskOf: 'image' });
    const source = read({ type: 'object', properties: { url, contentType: url } }, {}, 'source');
    expect(source?.kind === 'source' && source.others().map(({ name }) => name)).toEqual(['contentType']);
  });

  it('has the sizes that a schema lists, for each model its own', () => {
    const side: JsonSchema = { type: 'integer', minimum: 1, maximum: 4096 };
    const square = { width: 1024, height: 1024 };
    const size: JsonSchema = {
      type: 'object',
      properties: { width: side, height: side },
      examples: [square, 'nonsense'],
      'x-examples-by-model': { image3: [square] },
    };
    expect(read(size)).toMatchObject({
      kind: 'size',
      listed: [square],
      listedByModel: { image3: [square] },
      width: { minimum: 1, maximum: 4096, label: 'Width' },
    });
    expect(read({ ...size, properties: { ...size.properties, depth: side } })).toMatchObject({ kind: 'object' });
  });
});
