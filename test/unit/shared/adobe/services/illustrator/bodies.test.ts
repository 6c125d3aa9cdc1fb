import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { illustrator as simulated } from '#local/simulator/illustrator/service.ts';
import { checkRequest } from '#shared/adobe/services/check-request.ts';
import { illustrator } from '#shared/adobe/services/illustrator/service.ts';
import { breakagesOf } from '#test/fixtures/broken-bodies.ts';
import { bodySchema } from '#test/fixtures/request-bodies.ts';

const optional = <Fields>(fields: { [Name in keyof Fields]: fc.Arbitrary<Fields[Name]> }) =>
  fc.record(fields, { requiredKeys: [] });

const source = fc.record({
  url: fc.constantFrom(
    'https://bucket.s3.eu-west-1.amazonaws.com/a.ai?X-Amz-Signature=1',
    's3://bucket/a.ai',
    'job:0197c3f2-5a5e-7c3d-8f60-0d5f1f1f7c11/0',
  ),
});

const rendered = fc.constantFrom(
  'image/png',
  'image/jpeg',
  'image/webp',
  'image/svg+xml',
  'application/pdf',
  'application/eps',
);
const merged = fc.constantFrom('image/png', 'image/jpeg', 'application/pdf', 'application/illustrator');
const resolution = fc.integer({ min: 4, max: 2_400 });

const bodies: Record<string, fc.Arbitrary<Record<string, unknown>>> = {
  '/v1/create-rendition': fc.record({
    input: fc.record({ source, mediaType: fc.constant('application/illustrator') }, { requiredKeys: ['source'] }),
    output: fc.record({ mediaType: rendered }),
    settings: fc.oneof(
      fc.record(
        { documentLevel: fc.constant(0), artboardRange: fc.constantFrom('1-3', '1,2,5'), resolution },
        { requiredKeys: ['documentLevel', 'artboardRange'] },
      ),
      fc.record({ documentLevel: fc.constant(1), resolution }, { requiredKeys: ['documentLevel'] }),
    ),
  }),
  '/v1/merge-data': fc.record(
    {
      data: fc.record({ source }),
      template: fc.record({ source }),
      fontFiles: fc.array(fc.record({ source, mediaType: fc.constantFrom('font/ttf', 'font/otf') }), { maxLength: 2 }),
      settings: optional({
        fontSettings: optional({
          autoReduceFontSizeToFit: fc.boolean(),
          minFontSize: fc.double({ min: 0.1, max: 100, noNaN: true }),
          fallBackFont: fc.string(),
        }),
      }),
      output: fc.record({ fileName: fc.constantFrom('out.pdf', 'out'), mediaType: merged }),
    },
    { requiredKeys: ['data', 'template', 'output'] },
  ),
  '/v1/trace-image': fc.record(
    {
      input: fc.record({ source, mediaType: fc.constantFrom('image/png', 'image/jpeg') }),
      settings: optional({ preset: fc.constantFrom('enhanced_general', 'high_fidelity_photo') }),
    },
    { requiredKeys: ['input'] },
  ),
};

const bodiesOf = ({ path }: { path: string }) => bodies[path] ?? fc.constant({});

describe('what Illustrator documents', () => {
  it.each(illustrator.operations)('$name is taken without a warning, by the simulator as well', (operation) => {
    const played = simulated.operations.find(({ path }) => path === operation.path);
    fc.assert(
      fc.property(bodiesOf(operation), (request) => {
        expect(checkRequest(operation, request)).toEqual({ issues: [], warnings: [] });
        expect(played?.body.safeParse(request).error).toBeUndefined();
        expect(checkRequest(operation, { ...request, added: 1 })).toMatchObject({
          issues: [],
          warnings: [expect.stringContaining('added')],
        });
      }),
      { numRuns: 25 },
    );
  });

  it.each(illustrator.operations)('$name, broken in one place, is refused by the name of the place', (operation) => {
    const broken = bodiesOf(operation).chain((request) =>
      fc.constantFrom(...breakagesOf(bodySchema(operation), request)),
    );
    fc.assert(
      fc.property(broken, ({ path, body }) => {
        expect(checkRequest(operation, body).issues.map((issue) => issue.path)).toContainEqual(path);
      }),
      { numRuns: 40 },
    );
  });

  it.each([
    [{ documentLevel: 0 }, 'artboardRange'],
    [{ documentLevel: 2 }, 'documentLevel'],
    [{ documentLevel: 1, resolution: 3 }, 'resolution'],
    [{ documentLevel: 1, resolution: 72.5 }, 'resolution'],
  ])('the settings %j are refused for %s', (settings, field) => {
    const operation = illustrator.operations.find(({ path }) => path === '/v1/create-rendition');
    if (operation === undefined) throw new Error('There is no such operation.');
    const body = { input: { source: { url: 's3://bucket/a.ai' } }, output: { mediaType: 'image/png' }, settings };
    expect(checkRequest(operation, body).issues.map(({ path }) => path)).toEqual([['settings', field]]);
  });
});
