import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeTemplate, fillName, type NameSource } from '#shared/requests/name-template.ts';

const source: NameSource = {
  columns: { SKU: 'A-17', Aspect: '16:9', 'Note of ours': 'for Ann', empty: '' },
  fields: { id: 'kite-1', line: 3, operation: 'images/generate', modelVersion: undefined },
  body: {
    prompt: 'a secret kite',
    size: { width: 2688, height: 1536 },
    seeds: [7, 11],
    image: { source: { url: 'https://bucket.s3.amazonaws.com/a?X-Amz-Signature=secret' } },
  },
};

describe('the name of outputs', () => {
  it.each([
    ['{sku}-{aspect}', 'A-17-16-9'],
    ['{ID}_{line}', 'kite-1_3'],
    ['{operation}-{size.width}x{body.size.height}', 'images-generate-2688x1536'],
    ['{seeds}', '7-11'],
    ['{seeds.1}', '11'],
    ['{Note of ours}', 'for-Ann'],
    ['plain', 'plain'],
    ['{unclosed', 'unclosed'],
  ])('%s is %s', (template, name) => {
    expect(fillName(template, source)).toEqual({ name });
  });

  it.each([
    ['{colour}', /\{colour\}, which nothing is called\. Known are \{SKU\}, \{Aspect\}, .*\{id\}, .*\{size\}/],
    ['{constructor}', /which nothing is called/],
    ['{__proto__}', /which nothing is called/],
    ['{prompt}', /\{prompt\}: prompts and addresses never become keys/],
    ['{negativePrompt}', /never become keys/],
    ['{body.image.source.url}', /never become keys/],
    ['{empty}', /\{empty\}, which is empty here/],
    ['{modelVersion}', /which is empty here/],
    ['{style.presets}', /which is empty here/],
    ['{size}', /which is empty here/],
    ['-.-', /no letter and no digit/],
  ])('%s is a mistake that is named', (template, problem) => {
    expect(fillName(template, source)).toEqual({ problem: expect.stringMatching(problem) });
  });

  it('never holds a prompt or an address, and never throws, whatever the template', () => {
    const parts = fc.constantFrom(
      '{prompt}',
      '{',
      '}',
      '{image}',
      '{image.source}',
      '{image.source.url}',
      '{sku}',
      '{ body }',
      'x',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(parts, fc.string()), { maxLength: 8 }), (list) => {
        expect(JSON.stringify(fillName(list.join(''), source))).not.toContain('secret');
      }),
    );
  });

  it('is percent-encoded where only ASCII may stand', () => {
    expect(decodeTemplate('%7BGr%C3%B6%C3%9Fe%7D-{sku}')).toBe('{Größe}-{sku}');
    expect([' ', '%', 'x'.repeat(1_001)].map(decodeTemplate)).toEqual([undefined, undefined, undefined]);
  });
});
