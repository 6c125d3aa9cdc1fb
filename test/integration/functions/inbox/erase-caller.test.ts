import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eraseCountersOf } from '#functions/inbox/erase/caller-objects.ts';
import { claimErasures, listErasures, requestErasure } from '#shared/erasing/erasure.ts';
import { allItems } from '#test/fixtures/job-table.ts';
import { createLane, enqueue } from '#test/fixtures/queue.ts';
import { makeCallerData, untilErased } from './caller-data.ts';
import { createFaultyWorld } from './faulty-world.ts';
import { type Servers, startServers } from './rig.ts';

let servers: Servers;
beforeAll(async () => {
  servers = await startServers();
});
afterAll(() => servers.close());

describe('everything of a caller', () => {
  it('is erased from every version of every object and from every table, and nothing of another caller', async () => {
    const rig = await servers.rig();
    const [own, others] = [await makeCallerData(rig), await makeCallerData(rig)];
    const kept = await others.find();
    expect((await own.find()).length).toBeGreaterThan(45);
    await untilErased(createFaultyWorld(rig), own);
    expect(await own.find()).toEqual([]);
    // Of the other batches dispatch has finished nothing, as their jobs go on.
    expect(await others.find()).toEqual(kept);
    const [erasure] = await listErasures(rig.context.table);
    expect(erasure).toMatchObject({ state: 'erased', by: 'operator', waitsFor: 0 });
    expect(erasure).not.toHaveProperty('name');
    // Once more, with nothing there.
    await untilErased(createFaultyWorld(rig), own);
    expect(await others.find()).toEqual(kept);
  });

  it('keeps the counters of a caller that has made jobs since, so that its limits hold', async () => {
    const { context, clock } = await servers.rig();
    const lane = createLane(context.table);
    await enqueue(lane, { caller: 'alice' });
    const requestedAt = new Date(clock.now() + 1).toISOString();
    const countersOf = async () => (await allItems(context.table)).filter(({ pk }) => pk === 'caller#alice').length;
    clock.advance(2);
    const later = await enqueue(lane, { caller: 'alice' });
    await eraseCountersOf(context, 'alice', { requestedAt });
    expect(await countersOf()).toBe(1);
    await eraseCountersOf(context, 'alice', { requestedAt: later.createdAt.replace('Z', '~') });
    expect(await countersOf()).toBe(0);
  });

  it('is claimed by one of two dispatchers, and again once its execution is lost', async () => {
    const { context, clock } = await servers.rig();
    await requestErasure(context.table, 'caller', 'alice');
    const claims = await Promise.all([claimErasures(context.table, 5), claimErasures(context.table, 5)]);
    expect(claims.flat().length).toBe(1);
    await requestErasure(context.table, 'caller', 'alice');
    expect(await claimErasures(context.table, 5)).toEqual([]);
    clock.advance(16 * 60_000);
    expect(await claimErasures(context.table, 5)).toMatchObject([{ run: 2 }]);
  });

  it('of a caller does not wait behind those of any number of deleted webhooks', async () => {
    const { context, clock } = await servers.rig();
    for (let count = 0; count < 8; count += 1) await requestErasure(context.table, 'webhook', `webhook-${count}`);
    clock.advance(1_000);
    const { erasureId } = await requestErasure(context.table, 'caller', 'alice');
    const claimed = await claimErasures(context.table, 3);
    expect(claimed).toHaveLength(4);
    expect(claimed[0]).toEqual({ erasureId, run: 1 });
  });
});
