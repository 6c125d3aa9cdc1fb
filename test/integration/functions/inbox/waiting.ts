import { expect } from 'vitest';
import { enqueueLines } from '#functions/inbox/read/enqueue-lines.ts';
import type { CallerPolicy } from '#shared/caller-policy.ts';
import { readRequests } from '#shared/callers/daily-requests.ts';
import { isFinal } from '#shared/jobs/job.ts';
import { allItems } from '#test/fixtures/job-table.ts';
import { CrashError } from '#test/fixtures/unreliable-dynamodb.ts';
import { crashAt } from '#test/integration/shared/usage/costs.ts';
import { jsonLine, type Rig, type Servers } from './rig.ts';

export const createRigUnder = (servers: Servers, policy: CallerPolicy) =>
  servers.rig({ readPolicy: async () => policy });

/** A file of so many requests. */
export const file = (lines: number) => Array.from({ length: lines }, (_, line) => jsonLine(`cat ${line}`)).join('\n');

/** The jobs that have not ended. */
export const openJobs = async (rig: Rig) =>
  (await allItems(rig.context.table)).filter(({ sk, state }) => sk === 'job' && !isFinal(state as never));

const countPlaces = async (rig: Rig) =>
  (await allItems(rig.context.table)).filter(({ sk }) => String(sk).startsWith('queued-jobs#')).length;

/**
 * Reads six lines under a policy that allows four, in a process that dies after a write, and once more: each line is counted once.
 *
 * @param index of the write, from 0
 */
export const readTwice = async (servers: Servers, index: number): Promise<void> => {
  const rig = await createRigUnder(servers, { requestsPerDay: 4, queuedJobs: 100 });
  const { table } = rig.context;
  const batch = await rig.batch(await rig.drop('requests.jsonl', 'unused'));
  const lines = file(6)
    .split('\n')
    .map((json, at) => ({ kind: 'request' as const, line: at + 1, json }));
  const lease = { leaseEndsAt: Number.POSITIVE_INFINITY, begunAt: rig.clock.now() };
  const { own, client } = servers.reconnect(table);
  crashAt(client, { index, fate: 'after' });
  await enqueueLines({ ...rig.context, table: own }, batch, lines, { ...lease, isRepeated: false }).catch(
    (error: unknown) => {
      if (!(error instanceof CrashError)) throw error;
    },
  );
  rig.clock.advance(60_000);
  const read = await enqueueLines(rig.context, batch, lines, { ...lease, isRepeated: true });
  expect(read).toMatchObject({ jobs: 4, rejected: 2, waiting: undefined });
  expect(await readRequests(table, batch.caller)).toBe(4);
  expect(await openJobs(rig)).toHaveLength(4);
  expect(await countPlaces(rig)).toBe(4);
};
