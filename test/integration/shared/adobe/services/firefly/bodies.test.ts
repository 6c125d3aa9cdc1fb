import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { simulatedCredentials } from '#local/simulator/credentials.ts';
import { type Simulator, startSimulator } from '#local/simulator/simulator.ts';
import { generationScopes } from '#shared/adobe/auth/scopes.ts';
import { checkRequest } from '#shared/adobe/services/check-request.ts';
import { firefly } from '#shared/adobe/services/firefly/service.ts';
import { breakagesOf } from '#test/fixtures/broken-bodies.ts';
import { bodySchema, validRequests } from '#test/fixtures/request-bodies.ts';
import { inTier } from '#test/fixtures/tier.ts';
import { startApi, type TestApi } from '#test/integration/functions/api/fixture.ts';

const numRuns = inTier(8, 50);

// A validator for Adobe's own file may stand before the simulator; both are told where then.
const { FIREFLY_API_URL: fireflyUrl, ADOBE_IMS_URL: imsUrl } = process.env;

describe('what the gateway takes, Adobe takes', () => {
  let simulator: Simulator | undefined;
  let headers: Record<string, string>;
  beforeAll(async () => {
    if (fireflyUrl === undefined) {
      simulator = await startSimulator({
        requestsPerMinute: 100_000,
        requestsPerDay: 100_000,
        checkUploads: false,
        // The gateway warns of such sizes and passes them on.
        facts: { 'video-sizes-pass': 'observed' },
      });
    }
    const { clientId, clientSecret } = simulatedCredentials;
    const form = {
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
      scope: generationScopes.join(','),
    };
    const answer = await fetch(`${imsUrl ?? simulator?.url}/ims/token/v3`, {
      method: 'POST',
      body: new URLSearchParams(form),
    });
    const { access_token: token } = (await answer.json()) as { access_token: string };
    headers = { authorization: `Bearer ${token}`, 'x-api-key': clientId, 'content-type': 'application/json' };
  });
  afterAll(() => simulator?.close());

  it.each(firefly.operations)('$name', async (operation) => {
    await fc.assert(
      fc.asyncProperty(validRequests(operation), async ({ body, modelVersion }) => {
        expect(checkRequest(operation, body, modelVersion).issues).toEqual([]);
        // Adobe's file requires the mask of a fill beside the image; its tutorials write `image.mask`, which the simulator takes.
        fc.pre(fireflyUrl === undefined || operation.name !== 'images/fill' || 'mask' in body);
        const response = await fetch(`${fireflyUrl ?? simulator?.url}${operation.path}`, {
          method: 'POST',
          headers: { ...headers, ...(modelVersion && { 'x-model-version': modelVersion }) },
          body: JSON.stringify(body),
        });
        expect([response.status, response.ok ? '' : await response.text()]).toEqual([operation.accepts.status, '']);
        await response.body?.cancel();
      }),
      { numRuns },
    );
  });
});

describe('what is wrong in one place is refused by its name, and costs nothing', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await startApi();
  });
  afterAll(() => api.close());

  it.each(firefly.operations)('$name', async (operation) => {
    const broken = validRequests(operation).chain(({ body, modelVersion }) =>
      fc.record({
        breakage: fc.constantFrom(...breakagesOf(bodySchema(operation), body)),
        modelVersion: fc.constant(modelVersion),
      }),
    );
    await fc.assert(
      fc.asyncProperty(broken, async ({ breakage, modelVersion }) => {
        const answer = await api.call({
          method: 'POST',
          path: operation.path,
          // As it goes over the wire: a body that is a string is sent as JSON as well.
          body: JSON.stringify(breakage.body),
          headers: modelVersion === undefined ? {} : { 'x-model-version': modelVersion },
        });
        const named = ((answer.json['validation_errors'] ?? []) as { loc: unknown[] }[]).map(({ loc }) => loc);
        expect(answer.statusCode).toBe(422);
        expect(named).toContainEqual(['body', ...breakage.path]);
      }),
      { numRuns },
    );
    expect(await api.countItems()).toBe(0);
  });
});
