import { describe, expect, it } from 'vitest';
import { applyChange } from '#console/src/make/form/apply-change.ts';
import { getAt, setAt } from '#console/src/make/form/body.ts';
import { findOption } from '#console/src/make/form/choose-option.ts';
import { groupFields } from '#console/src/make/form/group-fields.ts';
import { placeProblems } from '#console/src/make/form/place-problems.ts';
import { describeField } from '#console/src/make/schema/describe-field.ts';
import { buildInitialItem, buildInitialValue, type Field } from '#console/src/make/schema/field.ts';
import type { JsonSchema } from '#console/src/make/schema/json-schema.ts';

const read = (schema: JsonSchema, name = ''): Field => {
  const field = describeField(schema, { name, place: name, isRequired: true }, { named: {}, promptPlaces: ['prompt'] });
  if (field === undefined) throw new Error('Nothing satisfies the schema');
  return field;
};

describe('a body that a form changes', () => {
  it('is changed at one place and is otherwise as it was', () => {
    const body = { prompt: 'a fox', style: { presets: ['bw'], strength: 50 }, unknown: { deep: [1] } };
    expect(setAt(body, ['style', 'strength'], 60)).toEqual({ ...body, style: { presets: ['bw'], strength: 60 } });
    expect(setAt(body, ['style', 'presets', 1], 'neon')).toMatchObject({ style: { presets: ['bw', 'neon'] } });
    expect(setAt({}, ['image', 'source', 'url'], 's3://b/k')).toEqual({ image: { source: { url: 's3://b/k' } } });
    expect(Object.keys(setAt(body, ['prompt'], 'a hare') as object)).toEqual(['prompt', 'style', 'unknown']);
    expect(getAt(body, ['unknown', 'deep', 0])).toBe(1);
    expect(getAt(body, ['prompt', 'x', 'y'])).toBeUndefined();
    expect(getAt({}, ['constructor'])).toBeUndefined();
  });

  it('loses with its last field what was around it', () => {
    expect(setAt({ style: { strength: 50 }, a: 1 }, ['style', 'strength'], undefined)).toEqual({ a: 1 });
    expect(setAt({ a: 1 }, ['style', 'strength'], undefined)).toEqual({ a: 1 });
    expect(setAt({ list: [{ text: 'x' }] }, ['list', 0, 'text'], undefined)).toEqual({ list: [{}] });
  });

  it('replaces what is of another kind than the form expects', () => {
    expect(setAt({ style: 'x' }, ['style', 'strength'], 1)).toEqual({ style: { strength: 1 } });
    expect(setAt({ list: 'x' }, ['list', 0], 1)).toEqual({ list: [1] });
  });
});

describe('what a field starts with', () => {
  it('is what must be there and can be only one thing', () => {
    const layer = read({
      type: 'object',
      properties: {
        type: { const: 'add' },
        place: { type: 'object', properties: { kind: { const: 'top' } }, required: ['kind'] },
        name: { type: 'string' },
        levels: { type: 'array', minItems: 3, items: { type: 'integer', minimum: -100 } },
      },
      required: ['type', 'place', 'name', 'levels'],
    });
    expect(buildInitialValue(layer)).toEqual({ type: 'add', place: { kind: 'top' }, levels: [-100, -100, -100] });
    expect(buildInitialValue(read({ type: 'string' }))).toBeUndefined();
    expect(buildInitialItem(read({ type: 'string' }))).toBe('');
    expect(buildInitialItem(read({ enum: ['a', 'b'] }))).toBe('a');
  });
});

describe('the form of a union', () => {
  it('is the one that the value has', () => {
    const union = read({
      oneOf: [
        { type: 'object', properties: { type: { const: 'add' }, name: { type: 'string' } } },
        { type: 'object', properties: { type: { const: 'delete' } } },
        { type: 'array', items: { type: 'string' } },
        { enum: ['16:9', '1:1'] },
      ],
    });
    if (union.kind !== 'union') throw new Error('No union');
    const found = [{ type: 'delete' }, { type: 'add', name: 'x' }, [], '1:1', 'other', undefined, null];
    expect(found.map((value) => findOption(union, value))).toEqual([1, 0, 2, 3, -1, -1, -1]);
  });
});

describe('the order of a form', () => {
  it('has the prompt first, then what must be there, then what takes one click, then the rest', () => {
    const body = read({
      type: 'object',
      properties: {
        image: { type: 'object', properties: { source: { type: 'object', properties: { url: { type: 'string' } } } } },
        contentClass: { enum: ['photo', 'art'] },
        negativePrompt: { type: 'string' },
        numVariations: { type: 'integer', minimum: 1, maximum: 4 },
        prompt: { type: 'string' },
        brandNew: { type: 'integer' },
        old: { enum: ['a'], deprecated: true },
      },
      required: ['image'],
    });
    const groups = groupFields(body.kind === 'object' ? body.fields() : []);
    expect(Object.values(groups).map((fields: readonly Field[]) => fields.map(({ name }) => name))).toEqual([
      ['prompt'],
      ['image'],
      ['contentClass', 'numVariations'],
      ['negativePrompt', 'brandNew', 'old'],
    ]);
  });
});

describe('what the gateway finds wrong', () => {
  const body = read({
    type: 'object',
    properties: {
      prompt: { type: 'string' },
      image: { type: 'object', properties: { source: { type: 'object', properties: { url: { type: 'string' } } } } },
      layers: { type: 'array', items: { type: 'object', properties: { name: { type: 'string' } } } },
    },
  });
  const headers = [read({ enum: ['image3'] }, 'x-model-version')];

  it('stands at the field that a person sees, and elsewhere if there is none', () => {
    if (body.kind !== 'object') throw new Error('No object');
    const { byField, elsewhere } = placeProblems(
      [
        { path: ['body', 'prompt'], message: 'field required' },
        { path: ['body', 'image', 'source', 'url'], message: 'not allowed' },
        { path: ['body', 'layers', 2, 'name'], message: 'too long' },
        { path: ['body', 'layers'], message: 'too many' },
        { path: ['header', 'X-Model-Version'], message: 'unknown' },
        { path: ['body', 'constructor'], message: 'unknown field' },
        { path: ['body', 'image', 'other'], message: 'unknown field' },
        { path: ['query', 'x'], message: 'unknown' },
        { path: ['body'], message: 'no object' },
      ],
      { body, headers },
    );
    expect([...byField]).toEqual([
      ['body/prompt', ['field required']],
      ['body/image/source', ['not allowed']],
      ['body/layers/2/name', ['too long']],
      ['body/layers', ['too many']],
      ['header/x-model-version', ['unknown']],
    ]);
    expect(elsewhere.map(({ path }) => path.join('/'))).toEqual([
      'body/constructor',
      'body/image/other',
      'query/x',
      'body',
    ]);
  });
});

describe('a change in a form', () => {
  const form = read({
    type: 'object',
    properties: {
      resolution: {
        type: 'object',
        properties: { unit: { const: 'density' }, value: { type: 'number' } },
        required: ['unit', 'value'],
      },
      layers: { type: 'array', items: { type: 'object', properties: { name: { type: 'string' } } } },
      edit: { oneOf: [{ type: 'object', properties: { type: { const: 'add' }, at: { type: 'integer' } } }] },
    },
  });
  const change = (body: unknown, path: (string | number)[], value: unknown) => applyChange(form, body, path, value);

  it('brings what must be there and can be only one thing, and takes it away with the last field', () => {
    expect(change({}, ['resolution', 'value'], 72)).toEqual({ resolution: { unit: 'density', value: 72 } });
    expect(change({ resolution: { unit: 'density', value: 72 } }, ['resolution', 'value'], undefined)).toBeUndefined();
    expect(
      change({ a: 1, resolution: { unit: 'density', value: 7, x: 1 } }, ['resolution', 'value'], undefined),
    ).toEqual({
      a: 1,
      resolution: { unit: 'density', x: 1 },
    });
  });

  it('leaves everything as it is where nothing was taken away', () => {
    const required = read({
      type: 'object',
      properties: {
        image: { type: 'object', properties: { url: { type: 'string' } } },
        mask: { type: 'object', properties: { url: { type: 'string' } } },
      },
      required: ['image'],
    });
    const body = { image: { url: 's3://b/k' } };
    expect(applyChange(required, body, ['mask', 'url'], undefined)).toEqual(body);
    expect(applyChange(required, { ...body, mask: { url: 'x' } }, ['mask', 'url'], undefined)).toEqual(body);
  });

  it('keeps the items of a list, also emptied ones', () => {
    const body = { layers: [{ name: 'a' }, { name: 'b' }] };
    expect(change(body, ['layers', 0, 'name'], undefined)).toEqual({ layers: [{}, { name: 'b' }] });
    expect(change(body, ['layers'], [{ name: 'b' }])).toEqual({ layers: [{ name: 'b' }] });
  });

  it('goes into the form of a union that is chosen, and leaves unknown fields alone', () => {
    expect(change({ edit: { type: 'add' } }, ['edit', 'at'], 3)).toEqual({ edit: { type: 'add', at: 3 } });
    expect(change({ hidden: { x: 1 } }, ['hidden', 'y'], 2)).toEqual({ hidden: { x: 1, y: 2 } });
  });
});
