import { afterAll, beforeAll, expect, it } from 'vitest';
import { enqueueLines, LeaseOverError } from '#functions/inbox/read/enqueue-lines.ts';
import { putItem } from '#shared/aws/table.ts';
import { requestBatchCancel } from '#shared/batches/batch-progress.ts';
import { jobIdOfLine } from '#shared/batches/batch-store.ts';
import { requestHashOf } from '#shared/jobs/reuse.ts';
import { allItems } from '#test/fixtures/job-table.ts';
import { createLane, enqueue } from '#test/fixtures/queue.ts';
import { countersOf } from '#test/integration/shared/usage/costs.ts';
import { createFaultyWorld } from './faulty-world.ts';
import { end, register, succeeded, untilOver, untilRead } from './live-batch.ts';
import { jsonLine, type Servers, startServers } from './rig.ts';

let servers: Servers;
beforeAll(async () => {
  servers = await startServers();
});
afterAll(() => servers.close());

it('refuses the lines that a budget has no room for, one by one, and goes on', async () => {
  const rig = await servers.rig({ readPolicy: async () => ({ operationsPerDay: 3 }) });
  const world = createFaultyWorld(rig);
  const four = jsonLine('a', { body: { prompt: 'a', numVariations: 4 } });
  const batchId = await register(world, [jsonLine('a'), four, jsonLine('b'), jsonLine('c'), jsonLine('d')]);
  await untilRead(world, batchId);
  expect(await rig.batch(batchId)).toMatchObject({ jobs: 3, rejected: 2 });
  expect(await countersOf(rig.context.table)).toMatchObject({ month: 3_000, open: 3 });
  for (const line of [1, 3, 4]) await end(world, batchId, line, succeeded(line));
  await untilOver(world, batchId);
  const rows = await rig.report(batchId);
  expect(rows.map(({ state }) => state)).toEqual(['succeeded', 'rejected', 'succeeded', 'succeeded', 'rejected']);
  expect(rows[4]?.error).toMatchObject({ code: 'policy_refused', message: expect.stringContaining('begins at') });
  expect(rows[1]?.error).toMatchObject({ message: expect.stringContaining('fewer outputs') });
});

const lines = ['a', 'b', 'c'].map((prompt, index) => ({
  kind: 'request' as const,
  line: index + 1,
  json: jsonLine(prompt),
}));

it('reserves nothing more once another execution may have taken over', async () => {
  const rig = await servers.rig({ readPolicy: async () => ({ operationsPerDay: 3 }) });
  const batch = await rig.batch(await rig.drop('requests.jsonl', 'unused'));
  const lease = { leaseEndsAt: rig.clock.now(), isRepeated: true, begunAt: rig.clock.now() };
  await expect(enqueueLines(rig.context, batch, lines, lease)).rejects.toThrow(LeaseOverError);
  expect(await countersOf(rig.context.table)).toMatchObject({ month: 0, open: 0 });
});

it('rejects a line whose reservation cannot be read, and no other', async () => {
  const rig = await servers.rig({ readPolicy: async () => ({ operationsPerDay: 3 }) });
  const { table } = rig.context;
  const batch = await rig.batch(await rig.drop('requests.jsonl', 'unused'));
  const jobId = jobIdOfLine(batch.batchId, 2);
  const { body } = JSON.parse(jsonLine('b'));
  const requestHash = requestHashOf('images/generate', undefined, body);
  await putItem(table, { pk: `reservation#${jobId}`, sk: requestHash, state: 'broken' });
  const lease = { leaseEndsAt: Number.POSITIVE_INFINITY, isRepeated: true, begunAt: rig.clock.now() };
  expect(await enqueueLines(rig.context, batch, lines, lease)).toMatchObject({ jobs: 2, rejected: 1 });
  expect(rig.lines).toContainEqual(
    expect.objectContaining({ level: 'error', fields: { batchId: batch.batchId, line: 2, jobId } }),
  );
});

it('cancels lines that wait until the open jobs of their caller are counted', async () => {
  const rig = await servers.rig({ readPolicy: async () => ({ operationsPerDay: 3, queuedJobs: 10 }) });
  const { table } = rig.context;
  const batch = await rig.batch(await rig.drop('requests.jsonl', 'unused'));
  await enqueue(createLane(table), { caller: batch.caller });
  let looks = 0;
  rig.dynamoDb.middlewareStack.add(
    (next) => async (args) => {
      if ((args.input as { IndexName?: string }).IndexName === 'states') {
        looks += 1;
        // Each look takes longer than a request may.
        rig.clock.advance(3_000);
        if (looks === 1) await requestBatchCancel(table, await rig.batch(batch.batchId));
      }
      return next(args);
    },
    { step: 'initialize' },
  );
  const lease = { leaseEndsAt: Number.POSITIVE_INFINITY, isRepeated: false, begunAt: rig.clock.now() };
  expect(await enqueueLines(rig.context, batch, lines, lease)).toMatchObject({ jobs: 0, rejected: 0, skipped: 3 });
  expect(looks).toBe(1);
  expect((await allItems(table)).filter(({ sk }) => String(sk).startsWith('queued-jobs#'))).toEqual([]);
});
