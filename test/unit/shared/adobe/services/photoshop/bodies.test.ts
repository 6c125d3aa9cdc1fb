import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { photoshop as simulated } from '#local/simulator/photoshop/service.ts';
import { checkRequest } from '#shared/adobe/services/check-request.ts';
import { photoshop } from '#shared/adobe/services/photoshop/service.ts';
import { bodies } from './requests.ts';

describe('what Photoshop takes', () => {
  it.each(photoshop.operations)('$name is taken, by the simulator as well, whatever is there besides', (operation) => {
    fc.assert(
      fc.property(bodies[operation.path] ?? fc.constant({}), (body) => {
        expect(checkRequest(operation, body).issues).toEqual([]);
        const sent = operation.destinations?.host?.(body as Record<string, unknown>);
        const received = simulated.operations.find(({ path }) => path === operation.path);
        expect(received?.body.safeParse(sent).error?.issues).toBeUndefined();
        const extended = { ...(body as object), added: 1 };
        expect(checkRequest(operation, extended).issues).toEqual([]);
        expect(checkRequest(operation, extended).warnings.join()).toContain('added');
      }),
      { numRuns: 60 },
    );
  });
});
