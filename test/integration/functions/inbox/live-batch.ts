import { PutObjectCommand } from '@aws-sdk/client-s3';
import { v4 as uuid } from 'uuid';
import type { InboxContext } from '#functions/inbox/context.ts';
import { registerFile } from '#functions/inbox/register-file.ts';
import { type Batch, isOver } from '#shared/batches/batch.ts';
import { requestBatchCancel } from '#shared/batches/batch-progress.ts';
import { getBatch } from '#shared/batches/batch-store.ts';
import { isFinal } from '#shared/jobs/job.ts';
import { endJob, type JobEnd } from '#shared/jobs/transitions.ts';
import { publishEnded } from '#shared/outbox/publish-ended.ts';
import { allItems } from '#test/fixtures/job-table.ts';
import type { FaultyWorld } from './faulty-world.ts';
import { expectWhole } from './whole.ts';

/** An end that can be tried again. */
export const failed: JobEnd = { to: 'failed', error: { code: 'image_unsafe', message: 'Adobe says no.' } };

/** Registers a file as the event about it has it done; a process that died is started again by Lambda. */
export const register = async (world: FaultyWorld, lines: string[], name = 'requests.jsonl'): Promise<string> => {
  const { s3, bucket } = world.rig.context;
  const key = `inbox/team-a/${uuid()}/${name}`;
  const { ETag = '' } = await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: lines.join('\n') }));
  const source = { bucket, key, etag: ETag.replaceAll('"', '') };
  return repeated(world, async (context) => String(await registerFile(context, { kind: 'file', source })));
};

/** Does something that is done again if its process dies. */
export const repeated = async <Result>(
  world: FaultyWorld,
  run: (context: InboxContext) => Promise<Result>,
): Promise<Result> =>
  (await world.inProcess(run)) ?? (await world.inProcess(run)) ?? Promise.reject(new Error('It died twice.'));

/** Lets dispatch look, and time pass, until the batch is what is expected. */
export const until = async (world: FaultyWorld, batchId: string, isSo: (batch: Batch) => boolean): Promise<Batch> => {
  for (let minutes = 0; minutes < 24 * 60; minutes += 16) {
    await world.dispatch();
    const batch = await world.rig.batch(batchId);
    if (isSo(batch)) return batch;
    world.rig.clock.advance(16 * 60_000);
  }
  throw new Error(`The batch hangs: ${JSON.stringify(await world.rig.batch(batchId))}`);
};

/** Lets the lines of a batch become jobs. */
export const untilRead = (world: FaultyWorld, batchId: string) =>
  until(world, batchId, ({ state }) => state !== 'reading');

/** Lets a batch come to its end, and everybody be told. */
export const untilOver = async (world: FaultyWorld, batchId: string) => {
  await until(world, batchId, ({ state }) => isOver(state));
  for (let minute = 0; (await isSilent(world)) && minute < 3; minute += 1) {
    world.rig.clock.advance(60_000);
    await world.dispatch();
  }
};

/** Lets dispatch look, and time pass, until the batch is erased. */
export const untilGone = async (world: FaultyWorld, batchId: string): Promise<void> => {
  for (let minutes = 0; minutes < 24 * 60; minutes += 16) {
    await world.dispatch();
    if ((await getBatch(world.rig.context.table, batchId)) === undefined) return;
    world.rig.clock.advance(16 * 60_000);
  }
  throw new Error('The batch is never erased.');
};

/** Whether there is an end that nobody has announced. */
const isSilent = async ({ rig }: FaultyWorld): Promise<boolean> =>
  (await allItems(rig.context.table)).some(({ unpublished }) => unpublished !== undefined);

/** Ends a job as generate does; if it dies, dispatch announces the end. */
export const end = async (world: FaultyWorld, batchId: string, line: number, how: JobEnd): Promise<void> => {
  await world.inProcess(async ({ table, bus, log, recordMetric }) => {
    const job = await world.rig.job(batchId, line);
    const ended = await endJob(table, job, [job.state], how);
    if (ended !== undefined) await publishEnded({ table, bus, log, recordMetric }, ended);
    return true;
  });
  const job = await world.rig.job(batchId, line);
  // Before it ended the job, generate goes on at its last step.
  if (!isFinal(job.state)) await world.rig.end(batchId, line, how);
};

/** Cancels a batch as the API does; a caller without an answer asks again. */
export const cancel = (world: FaultyWorld, batchId: string) =>
  repeated(world, async ({ table }) => {
    const batch = await getBatch(table, batchId);
    return batch === undefined || isOver(batch.state) || (await requestBatchCancel(table, batch)) !== undefined;
  });

/** An end with one output. */
export const succeeded = (line: number): JobEnd => ({
  to: 'succeeded',
  outputs: [{ bucket: 'gateway', key: `outputs/${line}.jpg`, sha256: 'ab', bytes: 3, contentType: 'image/jpeg' }],
});

/** Whatever stopped on the way and goes on when all is over changes nothing any more. */
export const expectToRemain = async (world: FaultyWorld, batchId: string, end: Parameters<typeof expectWhole>[2]) => {
  await expectWhole(world, batchId, end);
  if (await world.release()) await expectWhole(world, batchId, end);
};
