import { describe, expect, it } from 'vitest';
import { ImsError } from '#shared/adobe/auth/ims-error.ts';
import { metricNames } from '#shared/metrics.ts';
import { createWorld, hourMs, scopes } from './world.ts';

const transient = (retryAfterMs?: number) =>
  new ImsError({
    kind: 'transient',
    status: 503,
    code: 'http_503',
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });

const completed = [metricNames.runsCompleted, 1, { run: 'token-refresh' }];

describe('the token refresh', () => {
  it('says plainly that nothing is configured, without an alarm', async () => {
    const world = createWorld();
    world.setCredentials('placeholder');
    expect(await world.run()).toEqual({ minted: false, reason: 'not_configured', secondsLeft: 0 });
    expect(world.status()).toMatchObject({ state: 'not_configured' });
    expect(world.metrics).toEqual([completed]);
  });

  it('mints the first token and stores what its users need', async () => {
    const world = createWorld();
    expect(await world.run()).toMatchObject({ minted: true, reason: 'first', versionId: 't1', secondsLeft: 86_400 });
    expect(world.stored().token).toEqual({
      accessToken: 'token-1',
      expiresAt: world.now() + 24 * hourMs,
      clientId: 'client',
      scope: scopes,
      mintedAt: world.now(),
      missingScopes: [],
    });
    expect(world.metrics).toContainEqual([metricNames.tokenSecondsLeft, 86_400]);
    expect(world.metrics).toContainEqual(completed);
    expect(world.status()).toMatchObject({ state: 'ok', lastMintAt: '2026-03-01T12:00:00.000Z' });
  });

  it('mints again only when less than half of the lifetime is left', async () => {
    const world = createWorld();
    await world.run();
    world.pass(12 * hourMs);
    expect(await world.run()).toMatchObject({ minted: false, reason: 'fresh', secondsLeft: 43_200 });
    world.pass(1);
    expect(await world.run()).toMatchObject({ minted: true, reason: 'due' });
    expect(world.metrics.filter(([name]) => name === metricNames.tokenSecondsLeft)).toHaveLength(3);
  });

  it('puts no second token within ten minutes unless forced', async () => {
    const world = createWorld();
    await world.run();
    world.setCredentials('c2', { clientId: 'other', clientSecret: 'secret-1' });
    world.pass(9 * 60_000);
    expect(await world.run()).toMatchObject({ minted: false, reason: 'recently_put' });
    world.pass(60_000);
    expect(await world.run()).toMatchObject({ minted: true, reason: 'credentials_changed' });
    expect(await world.run({ reason: 'rotated' })).toMatchObject({ minted: true, reason: 'rotated' });
  });

  it('mints for a refused version only while that is the current one', async () => {
    const world = createWorld();
    await world.run();
    expect(await world.run({ refusedVersionId: 't1' })).toMatchObject({ minted: true, reason: 'refused' });
    expect(await world.run({ refusedVersionId: 't1' })).toMatchObject({
      minted: false,
      reason: 'superseded',
      versionId: 't2',
    });
  });
});

describe('a clock that jumps by an hour', () => {
  it('ahead changes nothing for a fresh token, and has one minted whose time it ends', async () => {
    const world = createWorld();
    await world.run();
    world.pass(hourMs);
    expect(await world.run()).toMatchObject({ minted: false, reason: 'fresh' });
    world.pass(10.5 * hourMs);
    expect(await world.run()).toMatchObject({ minted: false, reason: 'fresh' });
    world.pass(hourMs);
    expect(await world.run()).toMatchObject({ minted: true, reason: 'due' });
  });

  it('back has a token minted, once, as nothing says how long the old one is good', async () => {
    const world = createWorld();
    await world.run();
    world.pass(-hourMs);
    expect(await world.run()).toMatchObject({ minted: true, reason: 'due' });
    expect(world.stored().token?.expiresAt).toBe(world.now() + 24 * hourMs);
    expect(await world.run()).toMatchObject({ minted: false, reason: 'recently_put' });
    world.pass(hourMs);
    expect(await world.run()).toMatchObject({ minted: false, reason: 'fresh' });
  });

  it('back while Adobe refuses the token has another one minted at once', async () => {
    const world = createWorld();
    await world.run();
    world.pass(-hourMs);
    expect(await world.run({ refusedVersionId: 't1' })).toMatchObject({ minted: true, reason: 'refused' });
  });
});

describe('concurrent runs of the token refresh', () => {
  it('mint once for one refused version', async () => {
    const world = createWorld();
    await world.run();
    const reports = await Promise.all(Array.from({ length: 10 }, () => world.run({ refusedVersionId: 't1' })));
    expect(world.minted).toHaveLength(2);
    expect(reports.filter(({ minted }) => minted)).toHaveLength(1);
    expect(new Set(reports.map(({ versionId }) => versionId))).toEqual(new Set(['t2']));
  });

  it('mint once for one rotation', async () => {
    const world = createWorld();
    await world.run();
    const reports = await Promise.all([world.run({ reason: 'rotated' }), world.run({ reason: 'rotated' })]);
    expect(world.minted).toHaveLength(2);
    expect(reports.map(({ reason }) => reason).sort()).toEqual(['minted_by_another_run', 'rotated']);
  });

  it('mint again for a rotation, if a running one still uses the old client secret', async () => {
    const world = createWorld();
    await world.run();
    world.pass(13 * hourMs);
    const rotated: Promise<unknown>[] = [];
    world.hooks.whileMinting = async () => {
      world.hooks.whileMinting = async () => undefined;
      world.accepted.add('secret-2');
      world.setCredentials('c2', { clientId: 'client', clientSecret: 'secret-2' });
      rotated.push(world.run({ reason: 'rotated' }));
      for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
    };
    await world.run();
    await Promise.all(rotated);
    expect(world.minted).toEqual(['secret-1', 'secret-1', 'secret-2']);
    expect(world.stored().versionId).toBe('t3');
  });

  it('go on after one that crashed while it minted', async () => {
    const world = createWorld();
    const { now } = world;
    world.holdLease({
      owner: 'crashed',
      tokenVersionId: 'placeholder',
      credentialsVersionId: 'c1',
      until: now() + 45_000,
    });
    expect(await world.run()).toMatchObject({ minted: true, reason: 'first' });
  });

  it('do not wait for one that failed', async () => {
    const world = createWorld();
    world.faults.push(new ImsError({ kind: 'configuration', status: 400, code: 'invalid_scope' }));
    await expect(world.run()).rejects.toThrow('invalid_scope');
    const before = world.now();
    expect(await world.run()).toMatchObject({ minted: true });
    expect(world.now()).toBe(before);
  });
});

describe('a failing mint', () => {
  it('is repeated after the time that IMS asks for', async () => {
    const world = createWorld();
    world.faults.push(transient(7_000), transient());
    const before = world.now();
    expect(await world.run()).toMatchObject({ minted: true });
    expect(world.now() - before).toBeGreaterThanOrEqual(7_000);
  });

  it('is given up when IMS asks for more time than there is', async () => {
    const world = createWorld();
    world.faults.push(transient(120_000));
    const before = world.now();
    await expect(world.run()).rejects.toThrow('no token for now');
    expect(world.now()).toBe(before);
    expect(world.status()).toMatchObject({ state: 'failing', error: { code: 'http_503' } });
    expect(world.metrics).toEqual([[metricNames.tokenSecondsLeft, 0]]);
  });

  it('is a configuration error that is told without a secret', async () => {
    const world = createWorld();
    world.faults.push(new ImsError({ kind: 'configuration', status: 400, code: 'invalid_scope' }));
    await expect(world.run()).rejects.toThrow('the credential or the scopes need correction');
    expect(world.metrics).toEqual([[metricNames.tokenSecondsLeft, 0]]);
    expect(world.logged.join()).not.toContain('secret-1');
    expect(await world.run()).toMatchObject({ minted: true });
    expect(world.status()).toEqual(expect.not.objectContaining({ error: expect.anything() }));
  });

  it('is tried again with a client secret that a rotation has just stored', async () => {
    const world = createWorld();
    world.accepted.clear();
    world.hooks.whileMinting = async () => {
      world.hooks.whileMinting = async () => undefined;
      world.accepted.add('secret-2');
      world.setCredentials('c2', { clientId: 'client', clientSecret: 'secret-2' });
    };
    expect(await world.run()).toMatchObject({ minted: true });
    expect(world.minted).toEqual(['secret-2']);
    expect(world.status()?.state).toBe('ok');
  });

  it('falls back on the previous client secret, and says so', async () => {
    const world = createWorld();
    world.setCredentials('c2', { clientId: 'client', clientSecret: 'dead-secret' });
    expect(await world.run()).toMatchObject({ minted: true });
    expect(world.minted).toEqual(['secret-1']);
    expect(world.status()).toMatchObject({ state: 'failing', error: { code: 'current_secret_refused' } });
    expect(world.logged.join()).toContain('refuses the current client secret');

    world.pass(hourMs);
    await world.run();
    expect(world.status()).toMatchObject({ state: 'failing', error: { code: 'current_secret_refused' } });
  });

  it('is never repeated with a client secret that IMS refused', async () => {
    const world = createWorld();
    world.accepted.clear();
    let tries = 0;
    world.hooks.whileMinting = async () => {
      tries += 1;
    };
    world.setCredentials('c2', { clientId: 'client', clientSecret: 'dead-secret' });
    await expect(world.run()).rejects.toMatchObject({ kind: 'invalid_client' });
    expect(tries).toBe(2);
    expect(world.status()).toMatchObject({ state: 'failing', error: { code: 'invalid_client' } });
  });
});
