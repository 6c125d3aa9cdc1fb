import { describe, expect, it } from 'vitest';
import type { Table } from '#shared/aws/table.ts';
import { forgetFailures, getDelaySeconds, readDelayMs, recordFailure } from '#shared/callers/failed-attempts.ts';
import { allItems } from '#test/fixtures/job-table.ts';
import type { ManualClock } from '#test/fixtures/manual-clock.ts';
import { useCallerTable } from '#test/fixtures/use-caller-table.ts';

let table: Table;
let clock: ManualClock;

useCallerTable((fresh) => {
  ({ table, clock } = fresh);
});

const fail = async (times: number, source: { callerId?: string; address: string }) => {
  for (let time = 0; time < times; time += 1) await recordFailure(table, source);
};

describe('failed attempts to get a token', () => {
  it('cost nothing at first, then twice as long each time, up to a bound', () => {
    expect([1, 5, 6, 7, 10, 15, 40].map((failures) => getDelaySeconds('address', failures))).toEqual([
      0, 0, 2, 4, 32, 900, 900,
    ]);
    expect(getDelaySeconds('caller', 40)).toBe(30);
  });

  it('delay the address whatever caller is tried next', async () => {
    await fail(7, { callerId: 'fgw_a', address: '198.51.100.7' });
    expect(await readDelayMs(table, { callerId: 'fgw_b', address: '198.51.100.7' })).toBe(4_000);
    expect(await readDelayMs(table, { callerId: 'fgw_b', address: '198.51.100.8' })).toBe(0);
    clock.advance(4_000);
    expect(await readDelayMs(table, { address: '198.51.100.7' })).toBe(0);
  });

  it('delay the caller whatever address comes next, until it succeeds', async () => {
    for (let host = 0; host < 7; host += 1) await fail(1, { callerId: 'fgw_a', address: `198.51.100.${host}` });
    expect(await readDelayMs(table, { callerId: 'fgw_a', address: '203.0.113.1' })).toBe(4_000);
    await forgetFailures(table, 'fgw_a');
    expect(await readDelayMs(table, { callerId: 'fgw_a', address: '203.0.113.1' })).toBe(0);
  });

  it('count the whole network of an IPv6 client', async () => {
    for (let host = 1; host <= 7; host += 1) await fail(1, { address: `2001:db8:1:2::${host}` });
    expect(await readDelayMs(table, { address: '2001:db8:1:2:ffff::9' })).toBe(4_000);
    expect(await readDelayMs(table, { address: '2001:db8:1:3::1' })).toBe(0);
  });

  it('are forgotten after an hour of peace', async () => {
    await fail(9, { address: '198.51.100.7' });
    clock.advance(3_601_000);
    expect(await readDelayMs(table, { address: '198.51.100.7' })).toBe(0);
    await fail(1, { address: '198.51.100.7' });
    expect(await readDelayMs(table, { address: '198.51.100.7' })).toBe(0);
  });

  it('keep no address', async () => {
    await fail(1, { callerId: 'fgw_a', address: '198.51.100.7' });
    expect(JSON.stringify(await allItems(table))).not.toContain('198.51.100.7');
  });
});
