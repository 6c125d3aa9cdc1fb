import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { indesign as simulated } from '#local/simulator/indesign/service.ts';
import { asFields } from '#shared/adobe/services/body-fields.ts';
import { checkRequest } from '#shared/adobe/services/check-request.ts';
import { indesign } from '#shared/adobe/services/indesign/service.ts';
import { breakagesOf } from '#test/fixtures/broken-bodies.ts';
import { bodySchema } from '#test/fixtures/request-bodies.ts';
import { bodiesOf } from './requests.ts';

describe('what InDesign documents', () => {
  it.each(indesign.operations)('$name is taken without a warning, by the simulator as well', (operation) => {
    const played = simulated.operations.find(({ path }) => path === operation.path);
    fc.assert(
      fc.property(bodiesOf(operation), (request) => {
        expect(checkRequest(operation, request)).toEqual({ issues: [], warnings: [] });
        expect(played?.body.safeParse(request).error).toBeUndefined();
        const extended = { ...request, params: { ...asFields(request['params']), added: 1 } };
        expect(checkRequest(operation, extended)).toMatchObject({
          issues: [],
          warnings: [expect.stringContaining('params.added')],
        });
      }),
      { numRuns: 25 },
    );
  });

  it.each(indesign.operations)('$name, broken in one place, is refused by the name of the place', (operation) => {
    const broken = bodiesOf(operation).chain((request) =>
      fc.constantFrom(...breakagesOf(bodySchema(operation), request)),
    );
    fc.assert(
      fc.property(broken, ({ path, body: request }) => {
        expect(checkRequest(operation, request).issues.map((issue) => issue.path)).toContainEqual(path);
      }),
      { numRuns: 40 },
    );
  });
});
