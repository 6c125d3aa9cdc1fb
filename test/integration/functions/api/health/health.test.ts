import { afterEach, describe, expect, it } from 'vitest';
import { NotConfiguredError } from '#shared/adobe/auth/access-token.ts';
import { services } from '#shared/adobe/services/registry.ts';
import { pauseLane } from '#shared/jobs/lanes/pauses.ts';
import { claimPermit } from '#shared/jobs/lanes/permits.ts';
import { adobeLimits, createLane, enqueue, readPermits } from '#test/fixtures/queue.ts';
import { startApi, type TestApi } from '../fixture.ts';

const noStatus = {
  readTokenRefresh: async () => undefined,
  readSecretRotation: async () => undefined,
};

let api: TestApi;
afterEach(() => api.close());

const summary = async () => (await api.call({ path: '/health' })).json;
const details = async () => (await api.call({ path: '/health/details' })).json;
// Answers are remembered for five seconds.
const later = (ms = 5_000) => api.clock.advance(ms);

describe('GET /health', () => {
  it('tells every caller version, token and whether jobs wait, and nothing of use, credentials or errors', async () => {
    api = await startApi({
      statusItems: {
        ...noStatus,
        readSecretRotation: async () => ({
          lastRunAt: '2026-03-01T03:00:00.000Z',
          lastRotationFailed: true,
          error: { code: 'foreign_secret', message: 'client 0123456789abcdef' },
          foreignSecretUuids: ['11ed-foreign'],
        }),
      },
    });
    await api.submit();
    const response = await api.call({ path: '/health' });
    expect(response.statusCode).toBe(200);
    expect(response.json).toEqual({
      status: 'degraded',
      version: '1.2.3',
      token: { state: 'ok' },
      lanes: [{ lane: 'firefly', waiting: true }],
    });
  });

  it('shows a pause by its reason and times only', async () => {
    api = await startApi();
    const until = api.clock.now() + 60_000;
    await pauseLane(createLane(api.table), { until, reason: 'access_refused', level: 1, code: '403011' });
    expect(await summary()).toMatchObject({
      status: 'degraded',
      lanes: [{ waiting: false, paused: { reason: 'access_refused', until: '2026-03-01T12:01:00.000Z' } }],
    });
    expect(JSON.stringify(await summary())).not.toMatch(/403011|credentials/);
    later(60_000);
    expect(await summary()).toMatchObject({ status: 'ok' });
  });

  it('lists every lane', async () => {
    api = await startApi({ otherLanes: ['photoshop'] });
    await enqueue(createLane(api.table, adobeLimits, 'photoshop'));
    expect((await summary())['lanes']).toEqual([
      { lane: 'firefly', waiting: false },
      { lane: 'photoshop', waiting: true },
    ]);
    expect((await api.call({ path: '/queue' })).json).toMatchObject({
      lanes: [
        { lane: 'firefly', waiting: { jobs: 0 } },
        { lane: 'photoshop', waiting: { jobs: 1 } },
      ],
    });
  });

  it('reads the table once in five seconds, however often and by how many it is asked', async () => {
    let reads = 0;
    const readTokenRefresh = async () => {
      reads += 1;
      return undefined;
    };
    api = await startApi({ statusItems: { ...noStatus, readTokenRefresh } });
    await Promise.all(Array.from({ length: 20 }, summary));
    await details();
    expect(reads).toBe(1);
    later();
    await summary();
    expect(reads).toBe(2);
  });
});

describe('GET /health/details', () => {
  it('is for operators', async () => {
    api = await startApi({ settings: { operators: ['ops'] } });
    expect(await api.call({ path: '/health/details' })).toMatchObject({
      statusCode: 403,
      json: { error_code: 'operator_required' },
    });
    expect((await api.call({ path: '/health/details', caller: 'ops' })).statusCode).toBe(200);
  });

  it('tells all, and no secret', async () => {
    api = await startApi();
    await api.submit();
    const permits = await readPermits(createLane(api.table));
    if (permits[0]) await claimPermit(createLane(api.table), permits[0], api.clock.now());
    const response = await api.call({ path: '/health/details' });
    expect(response.json).toEqual({
      status: 'ok',
      version: '1.2.3',
      problems: [],
      token: { state: 'ok', secondsLeft: 3600 },
      services: services.map(({ id, title }) => ({ service: id, title })),
      lanes: [
        {
          lane: 'firefly',
          waiting: true,
          waitingSince: '2026-03-01T12:00:00.000Z',
          permits: { free: 3, total: 4 },
          requestsToday: { used: 0, limit: 9000 },
          standsStill: false,
        },
      ],
      rotation: { state: 'none_yet', lastRotationFailed: false, foreignSecretUuids: [] },
    });
    expect(response.body).not.toContain('test-access-token');
  });

  it('says not_configured while there are no credentials', async () => {
    api = await startApi({
      token: {
        read: async () => {
          throw new NotConfiguredError('access-token');
        },
      },
    });
    expect(await details()).toMatchObject({
      status: 'not_configured',
      token: { state: 'not_configured', secondsLeft: 0 },
    });
  });

  it('says that Adobe does not let the credential in, with its code and what to do', async () => {
    api = await startApi();
    const until = api.clock.now() + 60_000;
    await pauseLane(createLane(api.table), { until, reason: 'access_refused', level: 1, code: '403011' });
    expect(await details()).toMatchObject({
      problems: ['queue_paused'],
      lanes: [
        {
          permits: { free: 0 },
          paused: {
            reason: 'access_refused',
            code: '403011',
            advice: expect.stringContaining('npm run credentials -- --check'),
          },
        },
      ],
    });
  });

  it.each([
    ['unreadable', async () => Promise.reject(new Error('no route to Secrets Manager'))],
    ['expired', async () => ({ accessToken: 't', expiresAt: 1, clientId: 'c', scope: 's', versionId: 'v' })],
  ])('is degraded with a token that is %s', async (state, read) => {
    api = await startApi({ token: { read } });
    expect(await details()).toMatchObject({
      status: 'degraded',
      problems: ['token_not_ok'],
      token: { state, secondsLeft: 0 },
    });
  });

  it('shows age, next rotation, failure and foreign secrets of the rotation', async () => {
    api = await startApi({
      statusItems: {
        ...noStatus,
        readTokenRefresh: async () => ({ state: 'ok', lastRunAt: '2026-03-01T11:00:00.000Z' }),
        readSecretRotation: async () => ({
          lastRunAt: '2026-03-01T03:00:00.000Z',
          currentSecretCreatedAt: '2026-02-28T12:00:00.000Z',
          nextRotationAt: '2026-03-30T12:00:00.000Z',
          lastRotationFailed: true,
          error: { code: 'foreign_secret', message: 'a secret that is not ours' },
          foreignSecretUuids: ['11ed-foreign'],
        }),
      },
    });
    expect(await details()).toMatchObject({
      status: 'degraded',
      problems: ['rotation_failed'],
      tokenRefresh: { state: 'ok', lastRunAt: '2026-03-01T11:00:00.000Z' },
      rotation: {
        state: 'failed',
        currentSecretAgeSeconds: 86_400,
        nextRotationAt: '2026-03-30T12:00:00.000Z',
        lastRotationFailed: true,
        foreignSecretUuids: ['11ed-foreign'],
      },
    });
  });

  it('says which service lacks what, and the product to add', async () => {
    const checkedAt = '2026-03-01T11:00:00.000Z';
    const [service] = services.filter(({ id }) => id !== 'firefly');
    if (service === undefined) throw new Error('There is no service beside Firefly.');
    const error = { code: 'user_not_entitled', message: 'no' };
    const found = {
      firefly: { missingScopes: [], checkedAt },
      [service.id]: { missingScopes: ['a.scope'], access: 'refused' as const, error, checkedAt },
    };
    api = await startApi({
      services: services.filter(({ id }) => ['firefly', service.id].includes(id)),
      statusItems: {
        ...noStatus,
        readTokenRefresh: async () => ({ state: 'ok', lastRunAt: checkedAt, services: found }),
      },
    });
    const advice = expect.stringMatching(
      new RegExp(`the scopes a\\.scope.*refuses the token \\(user_not_entitled: no\\).*"${service.product}"`),
    );
    expect(await details()).toMatchObject({
      status: 'degraded',
      problems: ['service_not_granted'],
      services: [
        { service: 'firefly', title: 'Firefly', missingScopes: [] },
        { service: service.id, title: service.title, access: 'refused', advice },
      ],
    });
  });

  it.each([
    ['none_yet', undefined],
    ['ok', '2026-02-28T00:20:00.000Z'],
  ])('says of the rotation %s, and when the next one is due', async (state, lastRotationAt) => {
    const nextRotationAt = '2026-03-02T00:00:00.000Z';
    const lastRunAt = '2026-03-01T11:00:00.000Z';
    const readSecretRotation = async () => ({ lastRunAt, lastRotationFailed: false, lastRotationAt, nextRotationAt });
    api = await startApi({ statusItems: { ...noStatus, readSecretRotation } });
    expect(await details()).toMatchObject({ status: 'ok', rotation: { state, nextRotationAt } });
  });
});
