import { afterEach, describe, expect, it } from 'vitest';
import { claimPermit } from '#shared/jobs/lanes/permits.ts';
import { createLane, heldMs, readPermits } from '#test/fixtures/queue.ts';
import { startApi } from '../fixture.ts';

describe('waking dispatch for a new job', () => {
  let api: Awaited<ReturnType<typeof startApi>>;
  afterEach(() => api.close());

  const claimAll = async (aheadMs: number) => {
    const lane = createLane(api.table);
    const permits = await readPermits(lane);
    for (const permit of permits) await claimPermit(lane, permit, api.clock.now() + aheadMs);
  };

  it('wakes it for every job while a permit comes free within the next minute', async () => {
    api = await startApi();
    await api.submit();
    await api.submit();
    expect(api.recorded.dispatches).toBe(2);
  });

  it('reads the quota once for the jobs of a second that it has room for, and again for the next', async () => {
    api = await startApi();
    const lane = createLane(api.table);
    const [first, ...others] = await readPermits(lane);
    await api.submit();
    for (const permit of others) await claimPermit(lane, permit, api.clock.now() + 30_000);
    await api.submit();
    expect(api.recorded.dispatches).toBe(2);
    if (first !== undefined) await claimPermit(lane, first, api.clock.now() + 30_000);
    // As many as the quota that was read has permits for, whoever takes them.
    for (let jobs = 2; jobs < others.length + 3; jobs += 1) await api.submit();
    expect(api.recorded.dispatches).toBe(others.length + 1);
    api.clock.advance(1_000);
    await api.submit();
    expect(api.recorded.dispatches).toBe(others.length + 1);
  });

  it('lets it sleep while every permit is taken for longer, and wakes it again in time', async () => {
    api = await startApi();
    await claimAll(30_000);
    await api.submit();
    await api.submit();
    expect(api.recorded.dispatches).toBe(0);
    api.clock.advance(30_000 + heldMs - 60_000);
    await api.submit();
    expect(api.recorded.dispatches).toBe(1);
  });
});
