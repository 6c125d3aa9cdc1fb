import { describe, expect, it } from 'vitest';
import type { AuditEntry, AuditedChange } from '#shared/audit/entry.ts';
import { type AuditSearch, listEntries } from '#shared/audit/list-entries.ts';
import { type AuditTrail, AuditUnavailableError, recordAudit, withAudit } from '#shared/audit/trail.ts';
import { putNew } from '#shared/aws/table.ts';
import { allItems } from '#test/fixtures/job-table.ts';
import type { ManualClock } from '#test/fixtures/manual-clock.ts';
import { useCallerTable } from '#test/fixtures/use-caller-table.ts';

let trail: AuditTrail;
let clock: ManualClock;
let logged: unknown[];

useCallerTable((fresh) => {
  clock = fresh.clock;
  logged = [];
  trail = { table: fresh.auditTable, log: { error: (message, fields) => logged.push({ message, ...fields }) } };
});

const grant: AuditedChange = {
  actorKind: 'caller',
  actor: 'alice',
  action: 'secret made',
  object: { caller: 'fgw_1' },
};
const brake: AuditedChange = { actorKind: 'caller', actor: 'alice', action: 'queue paused', object: {} };

const list = async (search: Partial<AuditSearch> = {}) =>
  listEntries(trail.table, { from: '2025-10-01', to: new Date(clock.now() + 1).toISOString(), limit: 100, ...search });

const outcomes = async () => (await list()).entries.map(({ outcome }) => outcome).toSorted();

/** A trail that fails at these looks at the clock, as in an outage of the table; each write looks twice. */
const failingAt = (...failing: number[]): AuditTrail => {
  let looks = 0;
  const now = () => {
    looks += 1;
    if (failing.includes(looks)) throw new Error('the table is away');
    return clock.now();
  };
  return { ...trail, table: { ...trail.table, clock: { ...clock, now } } };
};

describe('a change under audit', () => {
  it('has an entry before and one after it, which belong together', async () => {
    expect(await withAudit(trail, { ...grant, requestId: 'r-1' }, async () => 7)).toBe(7);
    const { entries } = await list();
    expect(entries.map(({ outcome }) => outcome).sort()).toEqual(['begun', 'done']);
    expect(new Set(entries.map(({ changeId }) => changeId)).size).toBe(1);
    expect(entries[0]).toMatchObject({ actor: 'alice', object: { caller: 'fgw_1' }, requestId: 'r-1' });
  });

  it('tells what failed and why, and what changed nothing', async () => {
    const failure = withAudit(trail, grant, async () => {
      throw new AuditUnavailableError(undefined);
    });
    await expect(failure).rejects.toThrow(AuditUnavailableError);
    expect((await list()).entries.find(({ outcome }) => outcome === 'failed')?.code).toBe('audit_unavailable');
    await withAudit(
      trail,
      grant,
      async () => false,
      () => 'unchanged',
    );
    expect(await outcomes()).toEqual(['begun', 'begun', 'failed', 'unchanged']);
  });

  it('that gives somebody something is not made without its first entry', async () => {
    let made = 0;
    const change = withAudit(failingAt(1), grant, async () => (made += 1));
    await expect(change).rejects.toMatchObject({ code: 'audit_unavailable', status: 503 });
    expect(made).toBe(0);
    expect(await outcomes()).toEqual([]);
  });

  it('that stops something is made without the trail, and is in the log', async () => {
    expect(await withAudit(failingAt(1, 2, 3, 4), brake, async () => 'stopped')).toBe('stopped');
    expect(logged).toHaveLength(2);
    expect(logged[0]).toMatchObject({ entry: { actor: 'alice', action: 'queue paused', outcome: 'begun' } });
  });

  it('keeps its first entry when a crash takes the second', async () => {
    expect(await withAudit(failingAt(3), grant, async () => 'made')).toBe('made');
    expect(await outcomes()).toEqual(['begun']);
    expect(logged).toMatchObject([{ entry: { action: 'secret made', outcome: 'done' } }]);
  });
});

describe('the trail', () => {
  it('replaces no entry, even under a key that comes twice', async () => {
    const refusal = { ...brake, action: 'sign-in refused', outcome: 'refused', code: 'invalid_client' } as const;
    await recordAudit(trail, refusal, { hourly: true });
    const [before] = await allItems(trail.table);
    clock.advance(60_000);
    await recordAudit(trail, { ...refusal, object: { other: 'x' } }, { hourly: true });
    expect(await allItems(trail.table)).toEqual([before]);
  });

  it('is read newest first over days and pages, by time, actor and action', async () => {
    const days = 5;
    for (let day = 0; day < days; day += 1) {
      for (const actor of ['alice', 'bob']) {
        clock.advance(1_000);
        await recordAudit(trail, { ...brake, actor, outcome: 'done' });
      }
      clock.advance(86_400_000);
    }
    const seen: AuditEntry[] = [];
    let before: string | undefined;
    do {
      const page = await list({ limit: 3, before });
      seen.push(...page.entries);
      before = page.next;
    } while (before !== undefined);
    expect(seen).toHaveLength(2 * days);
    const times = seen.map(({ at }) => at);
    expect(times).toEqual(times.toSorted().reverse());
    const [newest, ...others] = (await list({ actor: 'bob' })).entries;
    expect(others).toHaveLength(days - 1);
    expect((await list({ actor: 'bob', to: newest?.at })).entries).toEqual(others);
    expect((await list({ actor: 'bob', from: newest?.at })).entries).toEqual([newest]);
    expect((await list({ action: 'queue resumed' })).entries).toEqual([]);
  });

  it('is searched in pages where nothing was written for long', async () => {
    await recordAudit(trail, { ...brake, outcome: 'done' });
    clock.advance(150 * 86_400_000);
    const first = await list({ limit: 1 });
    expect(first).toEqual({ entries: [], next: expect.any(String) });
    const second = await list({ limit: 1, before: first.next });
    expect((await list({ before: second.next })).entries).toHaveLength(1);
  });

  it('leaves out what is no entry', async () => {
    const at = new Date(clock.now()).toISOString();
    await putNew(trail.table, { pk: `day#${at.slice(0, 10)}`, sk: `${at}#x`, entryId: 1 });
    await recordAudit(trail, { ...brake, outcome: 'done' });
    trail = { ...trail, table: { ...trail.table, onUnreadable: () => {} } };
    expect((await list()).entries).toHaveLength(1);
  });
});
