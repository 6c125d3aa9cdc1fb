import { afterEach, describe, expect, it } from 'vitest';
import { NotConfiguredError } from '#shared/adobe/auth/access-token.ts';
import { pauseLane } from '#shared/jobs/lanes/pauses.ts';
import { claimPermit } from '#shared/jobs/lanes/permits.ts';
import { createLane, readPermits } from '#test/fixtures/queue.ts';
import { startApi, type TestApi } from './fixture.ts';

describe('GET /health', () => {
  let api: TestApi;
  afterEach(() => api.close());

  it('tells version, token, queue and permits, and no secret', async () => {
    api = await startApi();
    await api.submit();
    const permits = await readPermits(createLane(api.table));
    if (permits[0]) await claimPermit(createLane(api.table), permits[0], api.clock.now());
    const response = await api.call({ path: '/health' });
    expect(response.statusCode).toBe(200);
    expect(response.json).toEqual({
      status: 'ok',
      version: '1.2.3',
      token: { state: 'ok', secondsLeft: 3600 },
      queue: { depth: 1, depthIsMinimum: false },
      permits: { free: 3, total: 4 },
      requestsToday: { used: 0, limit: 9000 },
      rotation: { state: 'none_yet', lastRotationFailed: false, foreignSecretUuids: [] },
    });
    expect(response.body).not.toContain('test-access-token');
  });

  it('needs no caller', async () => {
    api = await startApi();
    expect((await api.call({ path: '/health', caller: '' })).statusCode).toBe(200);
  });

  it('says not_configured while there are no credentials', async () => {
    api = await startApi({
      token: {
        read: async () => {
          throw new NotConfiguredError('access-token');
        },
      },
    });
    expect((await api.call({ path: '/health' })).json).toMatchObject({
      status: 'not_configured',
      token: { state: 'not_configured', secondsLeft: 0 },
    });
  });

  it('is degraded while the queue is paused', async () => {
    api = await startApi();
    await pauseLane(createLane(api.table), { until: api.clock.now() + 60_000, reason: 'quota_exhausted', level: 1 });
    expect((await api.call({ path: '/health' })).json).toMatchObject({
      status: 'degraded',
      permits: { free: 0, total: 4 },
      paused: { reason: 'quota_exhausted', until: '2026-03-01T12:01:00.000Z' },
    });
    api.clock.advance(60_000);
    const later = await api.call({ path: '/health' });
    expect(later.json).toMatchObject({ status: 'ok', permits: { free: 4 } });
    expect(later.json['paused']).toBeUndefined();
  });

  it('says that Adobe does not let the credential in, with its code and what to do', async () => {
    api = await startApi();
    const until = api.clock.now() + 60_000;
    await pauseLane(createLane(api.table), { until, reason: 'access_refused', level: 1, code: '403011' });
    const { json } = await api.call({ path: '/health' });
    expect(json).toMatchObject({ status: 'degraded', paused: { reason: 'access_refused', code: '403011' } });
    expect(json['paused']).toMatchObject({ advice: expect.stringContaining('npm run credentials -- --check') });
  });

  it.each([
    ['unreadable', async () => Promise.reject(new Error('no route to Secrets Manager'))],
    ['expired', async () => ({ accessToken: 't', expiresAt: 1, clientId: 'c', scope: 's', versionId: 'v' })],
  ])('is degraded with a token that is %s', async (state, read) => {
    api = await startApi({ token: { read } });
    const response = await api.call({ path: '/health' });
    expect(response).toMatchObject({ statusCode: 200, json: { status: 'degraded', token: { state, secondsLeft: 0 } } });
  });

  it('shows age, next rotation, failure and foreign secrets of the rotation', async () => {
    api = await startApi({
      statusItems: {
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
    expect((await api.call({ path: '/health' })).json).toMatchObject({
      status: 'degraded',
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

  it.each([
    ['none_yet', undefined],
    ['ok', '2026-02-28T00:20:00.000Z'],
  ])('says of the rotation %s, and when the next one is due', async (state, lastRotationAt) => {
    const nextRotationAt = '2026-03-02T00:00:00.000Z';
    api = await startApi({
      statusItems: {
        readTokenRefresh: async () => undefined,
        readSecretRotation: async () => ({
          lastRunAt: '2026-03-01T11:00:00.000Z',
          lastRotationFailed: false,
          lastRotationAt,
          nextRotationAt,
        }),
      },
    });
    expect((await api.call({ path: '/health' })).json).toMatchObject({
      status: 'ok',
      rotation: { state, nextRotationAt },
    });
  });
});
