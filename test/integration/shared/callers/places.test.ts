import { describe, expect, it } from 'vitest';
import type { Table } from '#shared/aws/table.ts';
import { leavePlaces, type PlaceKind, readPlaces, recountPlaces, takePlaces } from '#shared/callers/places.ts';
import type { ManualClock } from '#test/fixtures/manual-clock.ts';
import { useJobTable } from '#test/fixtures/use-job-table.ts';

let table: Table;
let clock: ManualClock;
useJobTable((fresh) => {
  ({ table, clock } = fresh);
});

const begin = () => {
  const states = new Map<string, 'open' | 'over'>();
  const kind: PlaceKind = {
    name: 'queued-jobs',
    findStates: async (_, ids) => new Map([...states].filter(([id]) => ids.includes(id))),
  };
  const take = async (ids: string[], limit: number) => {
    const places = await takePlaces(table, kind, 'alice', ids, limit);
    for (const { id } of places) states.set(id, 'open');
    return places.map(({ id }) => id);
  };
  return { states, kind, take };
};

describe('places', () => {
  it('are given to the first ids, up to the limit', async () => {
    const { take } = begin();
    expect(await take(['a', 'b'], 3)).toEqual(['a', 'b']);
    expect(await take(['c', 'd'], 3)).toEqual(['c']);
    expect(await take(['e'], 3)).toEqual([]);
  });

  it('are free again once what they were taken for is over, however often they are counted', async () => {
    const { kind, states, take } = begin();
    await take(['a', 'b', 'c'], 3);
    states.set('b', 'over');
    clock.advance(10_000);
    await Promise.all([1, 2, 3].map(() => recountPlaces(table, kind, 'alice')));
    expect(await readPlaces(table, kind, 'alice')).toBe(2);
    expect(await take(['d', 'e'], 3)).toEqual(['d']);
  });

  it('are never more than the limit while some end and many are asked for at once', async () => {
    const { states, take } = begin();
    for (let round = 0; round < 6; round += 1) {
      const ids = Array.from({ length: 12 }, (_, index) => `${round}-${index}`);
      await Promise.all(ids.map((id) => take([id], 5)));
      const open = [...states].filter(([, state]) => state === 'open').map(([id]) => id);
      expect(open.length).toBeLessThanOrEqual(5);
      for (const id of open.slice(0, 2)) states.set(id, 'over');
      clock.advance(30_000);
    }
    expect(states.size).toBeGreaterThan(10);
  });

  it('of a crash before the job are free after 20 minutes, not before', async () => {
    const { kind, take } = begin();
    await takePlaces(table, kind, 'alice', ['crashed'], 1);
    clock.advance(19 * 60_000);
    expect(await take(['a'], 1)).toEqual([]);
    clock.advance(2 * 60_000);
    expect(await take(['a'], 1)).toEqual(['a']);
  });

  it('that are left stay counted until the limit is reached', async () => {
    const { kind, take } = begin();
    await leavePlaces(table, await takePlaces(table, kind, 'alice', ['a', 'b'], 2));
    expect(await readPlaces(table, kind, 'alice')).toBe(2);
    expect(await take(['c', 'd', 'e'], 2)).toEqual(['c', 'd']);
  });
});
