import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { coerceCellValues } from '#functions/inbox/read/formats/cell-values.ts';
import { firefly } from '#shared/adobe/services/firefly/service.ts';
import type { OperationDefinition } from '#shared/adobe/services/operation.ts';
import { findOperation } from '#shared/adobe/services/registry.ts';
import { validRequests } from '#test/fixtures/request-bodies.ts';

const operation = (name: string): OperationDefinition => {
  const found = findOperation(name);
  if (found === undefined) throw new Error(`There is no operation ${name}.`);
  return found;
};

const generate = operation('images/generate');

/** A body as the cells of a table hold it. */
const asTexts = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(asTexts);
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, asTexts(member)]));
};

describe('fields that are texts', () => {
  it('become numbers and booleans where the operation takes them, and stay texts where it takes texts', () => {
    const texts = { prompt: '007', negativePrompt: 'true', size: { width: '1024', height: '1e3' }, seeds: ['1', '02'] };
    expect(coerceCellValues(generate, texts)).toEqual({
      prompt: '007',
      negativePrompt: 'true',
      size: { width: 1024, height: 1000 },
      seeds: [1, '02'],
    });
    expect(coerceCellValues(operation('images/upscale'), { upscaleFactor: '4' })).toEqual({ upscaleFactor: 4 });
    const mask = { source: { uploadId: 'x' }, invert: 'TRUE' };
    expect(coerceCellValues(operation('images/fill'), { mask })).toEqual({ mask: { ...mask, invert: true } });
  });

  it('become lists and objects where they are JSON, with fields of their types inside', () => {
    expect(
      coerceCellValues(generate, { prompt: '["a"]', size: '{"width":"1024","height":768}', seeds: '[1,"2"]' }),
    ).toEqual({
      prompt: '["a"]',
      size: { width: 1024, height: 768 },
      seeds: [1, 2],
    });
  });

  it.each([
    { size: { width: '' } },
    { size: { width: '1,024' } },
    { size: { width: '0x10' } },
    { size: { width: 'Infinity' } },
    { size: { width: '1e999' } },
    { size: '[1]' },
    { seeds: '{}' },
    { seeds: 'constructor' },
    { numVariations: 'null' },
    { upscaleFactor: '5' },
  ])('stay as they are where they are nothing of the kind: %j', (texts) => {
    expect(coerceCellValues(generate, texts)).toEqual(texts);
  });

  it.each(['constructor', '__proto__', 'toString', '1'])('are no booleans because %s is a name', (invert) => {
    const texts = { mask: { source: { uploadId: 'x' }, invert } };
    expect(coerceCellValues(operation('images/fill'), texts)).toEqual(texts);
  });

  it('are not changed themselves', () => {
    const texts = { size: { width: '1024' } };
    coerceCellValues(generate, texts);
    expect(texts).toEqual({ size: { width: '1024' } });
  });

  it.each(firefly.operations.map((each) => [each.name, each] as const))('of %s are what they were', (_, each) => {
    fc.assert(
      fc.property(validRequests(each), ({ body }) => {
        expect(coerceCellValues(each, asTexts(body) as Record<string, unknown>)).toEqual(body);
      }),
      { numRuns: 30 },
    );
  });

  it.each(firefly.operations.map((each) => [each.name, each] as const))('of %s may be anything', (_, each) => {
    const text = fc.oneof(
      fc.string(),
      fc.jsonValue({ maxDepth: 2 }).map((value) => JSON.stringify(value)),
    );
    const names = fc.constantFrom(...Object.keys(each.body.shape), 'other');
    fc.assert(
      fc.property(fc.dictionary(names, fc.oneof(text, fc.array(text), fc.dictionary(names, text))), (texts) => {
        expect(Object.keys(coerceCellValues(each, texts))).toEqual(Object.keys(texts));
      }),
      { numRuns: 50 },
    );
  });
});
