import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCsv } from '#functions/inbox/read/formats/csv.ts';
import { readLineRequest } from '#functions/inbox/read/line-request.ts';
import { decodeLine, encodeLine } from '#functions/inbox/read/lines-file.ts';
import { firefly } from '#shared/adobe/services/firefly/service.ts';
import { maxRequestBytes } from '#shared/requests/request-validation.ts';
import { collect, inPieces } from '#test/fixtures/pieces.ts';
import { validRequests } from '#test/fixtures/request-bodies.ts';
import { inTier } from '#test/fixtures/tier.ts';

const now = Date.parse('2026-03-01T12:00:00Z');

const read = (line: unknown) => readLineRequest(typeof line === 'string' ? line : JSON.stringify(line), {}, now);

const rejection = (line: unknown): { id?: string; code: string; message: string } => {
  const found = read(line);
  if (!('error' in found)) throw new Error('The line is not rejected.');
  return { id: found.id, ...found.error };
};

const body = { prompt: 'a cat' };

describe('a line', () => {
  it('is a request for an image unless it says otherwise', () => {
    expect(read({ body })).toMatchObject({ operation: { name: 'images/generate' }, body, warnings: [] });
    expect(
      read({ body, operation: 'videos/generate', modelVersion: 'video1_standard', id: 'a', priority: 'high' }),
    ).toMatchObject({
      operation: { name: 'videos/generate' },
      id: 'a',
      priority: 'high',
    });
  });

  it('may have null in what is not given, and keeps its numbers as they are written', () => {
    const line = '{"id":null,"priority":null,"modelVersion":null,"body":{ "prompt":"x", "seeds":null, "dose":1e20 }}';
    expect(read(line)).toMatchObject({ body: { prompt: 'x' }, text: '{"prompt":"x","dose":1e20}' });
    expect(read(line)).toMatchObject({ id: undefined, priority: undefined, modelVersion: undefined });
  });

  it('may have a whole number as its id', () => {
    expect(read({ body, id: 7 })).toMatchObject({ id: '7' });
    // As a number it is another one already.
    expect(rejection(`{"body":{"prompt":"x"},"id":12345678901234567890}`)).toMatchObject({ code: 'validation_error' });
  });

  it('is asked what the API is asked about the model version', () => {
    expect(read({ body, modelVersion: 'image4_ultra' })).toMatchObject({ modelVersion: 'image4_ultra' });
    expect(rejection({ body, modelVersion: 'image9' }).message).toContain('header.x-model-version');
    const fill = { operation: 'images/fill', modelVersion: 'image9', body: { image: {} } };
    expect(rejection(fill).message).not.toContain('x-model-version');
  });

  it.each([
    ['no JSON', 'secret', 'invalid_json', 'The line is not valid JSON.'],
    ['no object', '["secret"]', 'validation_error', 'The line is not a request: it'],
    ['nested too deep', `{"body":${'{"a":'.repeat(40)}1${'}'.repeat(40)}}`, 'invalid_json', 'nested deeper than 32'],
    ['a number out of range', '{"body":{"seeds":[1e999]}}', 'invalid_json', 'out of range'],
    ['no body', { id: 'x' }, 'validation_error', 'body: '],
    ['a body that is no object', { body: 'secret' }, 'validation_error', 'body: '],
    ['other fields', { body, secret: 1 }, 'validation_error', 'it has fields beside operation, body, id'],
    ['another priority', { body, priority: 'secret' }, 'validation_error', 'priority: is not one of high, normal, low'],
    ['an unknown operation', { body, operation: 'secret' }, 'unknown_operation', 'does not have'],
    ['an operation called constructor', { body, operation: 'constructor' }, 'unknown_operation', 'does not have'],
    [
      'an operation with a secret',
      { body, operation: 'indesign/remap-links' },
      'secret_header_required',
      'x-aem-token',
    ],
    ['an empty id', { body, id: '' }, 'validation_error', 'id: '],
    ['a long id', { body, id: 'x'.repeat(256) }, 'validation_error', 'id: '],
    ['a line break in its id', { body, id: 'a\n=1+1' }, 'validation_error', 'id: has a control character'],
    ['a tab in its id', { body, id: '\ta' }, 'validation_error', 'id: has a control character'],
    [
      'half a character as id',
      '{"body":{"prompt":"x"},"id":"a\\ud83d"}',
      'validation_error',
      'id: is not valid Unicode',
    ],
    [
      'what Adobe refuses',
      { body: { seeds: ['secret'] } },
      'validation_error',
      'body.prompt: field required; body.seeds.0',
    ],
    ['too large a body', { body: { prompt: 'x'.repeat(maxRequestBytes) } }, 'request_too_large', 'bytes'],
  ])('that has %s is rejected, and nothing of it repeated', (_, line, code, message) => {
    const rejected = rejection(line);
    expect(rejected.code).toBe(code);
    expect(rejected.message).toContain(message);
    expect(rejected.message).not.toContain('secret');
  });

  it('that is rejected keeps its id', () => {
    expect(rejection({ id: 'a', body: {} }).id).toBe('a');
    expect(rejection({ id: 'a', body, secret: 1 }).id).toBe('a');
    expect(rejection('{"id":"a","body":{"seeds":[1e999]}}').id).toBe('a');
    expect(rejection({ id: ['a'], body: {} }).id).toBeUndefined();
  });

  it('is read or rejected, whatever stands in it, and survives being written down before', () => {
    const line = fc.record(
      {
        operation: fc.oneof(fc.constantFrom(...firefly.operations.map(({ name }) => name)), fc.string()),
        body: fc.oneof(fc.record({ prompt: fc.string({ unit: 'binary' }) }), fc.jsonValue({ stringUnit: 'binary' })),
        id: fc.jsonValue({ maxDepth: 1, stringUnit: 'binary' }),
        priority: fc.oneof(fc.constantFrom('high', 'low'), fc.jsonValue({ maxDepth: 1 })),
        modelVersion: fc.jsonValue({ maxDepth: 1 }),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.oneof(line, fc.jsonValue()), (value) => {
        const written = encodeLine({ kind: 'request', json: JSON.stringify(value) });
        expect(written.indexOf('\n')).toBe(written.length - 1);
        const prepared = decodeLine(written.slice(0, -1));
        if (prepared.kind !== 'request') throw new Error('The line is no request any more.');
        const found = readLineRequest(prepared.json, {}, now);
        expect('operation' in found || found.error.message.length > 0).toBe(true);
        expect(found.id?.isWellFormed() ?? true).toBe(true);
      }),
      { numRuns: inTier(60, 500) },
    );
  });

  it.each(firefly.operations.map((each) => [each.name, each] as const))(
    'of a table is the request for %s that its cells are',
    async (_, operation) => {
      await fc.assert(
        fc.asyncProperty(validRequests(operation), async ({ body: wanted, modelVersion = '' }) => {
          const fields = [...cellsOf(wanted, [])];
          // An empty cell is no field.
          fc.pre(fields.length > 0 && fields.every(([, text]) => text !== ''));
          const names = ['operation', 'modelVersion', ...fields.map(([name]) => name)];
          const file = stringify([names, [operation.name, modelVersion, ...fields.map(([, text]) => text)]]);
          const [line] = await collect(
            readCsv({ chunks: inPieces(file), isMarked: false }, { columns: [], warnings: new Set() }),
          );
          if (line?.kind !== 'request') throw new Error('The row is no request.');
          expect(readLineRequest(line.json, {}, now)).toMatchObject({ operation, body: wanted });
        }),
        { numRuns: 20 },
      );
    },
  );
});

/** The cells that make a value: one for each field inside, or JSON where there is none. */
function* cellsOf(value: unknown, path: readonly (string | number)[]): Generator<[name: string, text: string]> {
  const members = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  for (const [name, member] of members) yield* cellsOf(member, [...path, name]);
  if (members.length === 0) yield [path.join('.'), typeof value === 'string' ? value : JSON.stringify(value)];
}
