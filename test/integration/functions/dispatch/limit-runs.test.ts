import { beforeEach, expect, it } from 'vitest';
import { limitRuns } from '#functions/dispatch/limit-runs.ts';
import type { Table } from '#shared/aws/table.ts';
import type { ManualClock } from '#test/fixtures/manual-clock.ts';
import { observe } from '#test/fixtures/observed.ts';
import { useJobTable } from '#test/fixtures/use-job-table.ts';

let table: Table;
let clock: ManualClock;
useJobTable((fresh) => {
  ({ table, clock } = fresh);
});

let running: { end(): void; fail(error: Error): void }[];
let most: number;
let runs: number;
beforeEach(() => {
  running = [];
  most = 0;
  runs = 0;
});

/** A run that lasts until it is told to end. */
const run = (): Promise<string> => {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const own = { end: () => resolve('done'), fail: reject };
  running.push(own);
  runs += 1;
  most = Math.max(most, running.length);
  return promise.finally(() => running.splice(running.indexOf(own), 1));
};
const ask = (): Promise<string | undefined> => limitRuns({ table, ...observe() }, run, 0);

/** Ends what is at work, and what it goes round for, until nothing is. */
const endAll = async (asked: Promise<unknown>[]): Promise<unknown[]> => {
  let isOver = false;
  const all = Promise.all(asked).finally(() => {
    isOver = true;
  });
  while (!isOver) {
    for (const { end } of [...running]) end();
    await new Promise(setImmediate);
  }
  return all;
};

it('lets one run work at a time while it is young, and that again for all the others', async () => {
  let atWork = 20;
  const asked = Array.from({ length: 20 }, async () => {
    await ask();
    atWork -= 1;
  });
  await expect.poll(() => atWork).toBe(1);
  await endAll(asked);
  expect({ most, runs }).toEqual({ most: 1, runs: 2 });
});

it('tells a run whether it serves others as well', async () => {
  const told: boolean[] = [];
  const { promise: isBlocked, resolve: unblock } = Promise.withResolvers<void>();
  const begin = (isAgain: boolean) => {
    told.push(isAgain);
    return isBlocked;
  };
  const first = limitRuns({ table, ...observe() }, begin, 0);
  await expect.poll(() => told.length).toBe(1);
  await limitRuns({ table, ...observe() }, begin, 0);
  expect(told).toEqual([false]);
  clock.advance(3_000);
  const second = limitRuns({ table, ...observe() }, begin, 0);
  await expect.poll(() => told.length).toBe(2);
  unblock();
  await Promise.all([first, second]);
  // The second run has served what was asked for before it, so that neither goes round again.
  expect(told).toEqual([false, true]);
});

it('lets two runs work at a time where one takes long, however many are asked for, and one of them again for all the others', async () => {
  const long = ask();
  await expect.poll(() => running.length).toBe(1);
  clock.advance(3_000);
  let atWork = 20;
  const asked = Array.from({ length: 20 }, async () => {
    await ask();
    atWork -= 1;
  });
  await expect.poll(() => atWork).toBe(1);
  await endAll([long, ...asked]);
  expect({ most, runs }).toEqual({ most: 2, runs: 3 });
});

it('runs after every request: none is left to a run that had ended', async () => {
  for (let round = 0; round < 5; round += 1) {
    const before = runs;
    await endAll(Array.from({ length: 3 + round }, ask));
    expect(runs).toBeGreaterThan(before);
  }
  expect(most).toBeLessThanOrEqual(2);
});

it('gives the place of a run that failed to the next, and tells its failure', async () => {
  for (let failures = 0; failures < 3; failures += 1) {
    const asked = ask();
    await expect.poll(() => running.length).toBe(1);
    running[0]?.fail(new Error('No table.'));
    await expect(asked).rejects.toThrow('No table.');
  }
  expect(await endAll([ask()])).toEqual(['done']);
});

it('goes round for what was asked for during a run that failed, and tells the failure after that', async () => {
  const failing = ask();
  await expect.poll(() => running.length).toBe(1);
  expect(await ask()).toBeUndefined();
  running[0]?.fail(new Error('No table.'));
  await expect.poll(() => runs).toBe(2);
  running[0]?.end();
  await expect(failing).rejects.toThrow('No table.');
});

it('leaves its place after half a minute, and goes round once more for what was asked for by then', async () => {
  const long = ask();
  await expect.poll(() => running.length).toBe(1);
  expect(await ask()).toBeUndefined();
  clock.advance(30_001);
  running[0]?.end();
  await expect.poll(() => runs).toBe(2);
  const next = ask();
  await expect.poll(() => running.length).toBe(2);
  expect(await endAll([long, next])).toEqual(['done', 'done']);
  expect(runs).toBe(3);
});

it('gives the places of runs that died to others after ten seconds', async () => {
  void ask();
  await expect.poll(() => running.length).toBe(1);
  clock.advance(3_000);
  void ask();
  await expect.poll(() => running.length).toBe(2);
  running = [];
  expect(await ask()).toBeUndefined();
  clock.advance(10_000);
  // The mark that was left is gone round for.
  expect(await endAll([ask()])).toEqual(['done']);
  expect(runs).toBe(4);
});

it('runs where the table takes no write', async () => {
  const broken = { ...table, tableName: 'gone' };
  const asked = limitRuns({ table: broken, ...observe() }, run, 0);
  expect(await endAll([asked])).toEqual(['done']);
});
