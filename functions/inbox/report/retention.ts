import type { DurableContext } from '@aws/durable-execution-sdk-js';
import pMap from 'p-map';
import { exists } from '#shared/aws/expressions.ts';
import { updateItem } from '#shared/aws/table.ts';
import type { Batch } from '#shared/batches/batch.ts';
import { lineJobSchema, lineJobs, linesInPage } from '#shared/batches/batch-jobs.ts';
import { advanceBatch, type BatchRun } from '#shared/batches/batch-progress.ts';
import { getBatch } from '#shared/batches/batch-store.ts';
import { type SkippedLine, saveSkippedLines, skippedLines } from '#shared/batches/line-items.ts';
import type { Job } from '#shared/jobs/job.ts';
import { jobKey } from '#shared/jobs/job-store.ts';
import { expireRequest } from '#shared/jobs/request-store.ts';
import { isRefusedWrite } from '#shared/jobs/set-aside.ts';
import { once } from '#shared/once.ts';
import type { InboxContext } from '../context.ts';

const linesInStep = 10_000;
const concurrency = 16;
// An invocation of a function ends after 15 minutes; after this many steps the execution goes on in another one.
const stepsInInvocation = 20;
// A retry that is asked for in the last moment of the batch still finds its jobs.
const marginSeconds = 86_400;

/**
 * Has the records of a batch's lines expire, now that the report is written: until then each of them was needed, however
 * long the batch took.
 *
 * @param lines number of lines of the batch
 * @returns false if another execution has taken over
 */
export const startRetention = async (
  context: DurableContext,
  inbox: InboxContext,
  run: BatchRun,
  lines: number,
): Promise<boolean> => {
  for (let first = 1; first <= lines; first += linesInStep) {
    const last = Math.min(lines, first + linesInStep - 1);
    const isOurs = await context.step(`keep from line ${first}`, () => keepJobs(inbox, run, { first, last }));
    if (!isOurs) return false;
    if (last % (linesInStep * stepsInInvocation) === 0) await context.wait('next invocation', { seconds: 1 });
  }
  await context.step('keep skipped lines', () => keepSkippedLines(inbox, run.batchId));
  return true;
};

const keptJob = once(() => lineJobSchema().pick({ jobId: true, requestHash: true, holdsRequest: true }));

const keepJobs = async (
  inbox: InboxContext,
  run: BatchRun,
  { first, last }: { first: number; last: number },
): Promise<boolean> => {
  const { table } = inbox;
  const batch = await advanceBatch(table, run, { from: ['reporting'], to: 'reporting' });
  if (batch === undefined) return false;
  const expiresAt = computeExpiry(batch, table.clock.now());
  for await (const { jobs } of lineJobs(table, run.batchId, { first, last }, keptJob())) {
    await pMap(jobs.values(), (job) => keepJob(inbox, job, expiresAt), { concurrency });
  }
  return true;
};

type KeptJob = Pick<Job, 'jobId' | 'requestHash' | 'holdsRequest'>;

const keepJob = async ({ table, log }: InboxContext, job: KeptJob, expiresAt: number): Promise<void> => {
  const { jobId } = job;
  try {
    await expireRequest(table, job, expiresAt);
    await updateItem(table, jobKey(jobId), { set: { expiresAt }, when: exists });
  } catch (error) {
    if (!isRefusedWrite(error)) throw error;
    log.error('The record of a job takes no expiry and stays.', { jobId, error: String(error) });
  }
};

const keepSkippedLines = async ({ table }: InboxContext, batchId: string): Promise<void> => {
  const batch = await getBatch(table, batchId);
  if (batch === undefined) return;
  const expiresAt = computeExpiry(batch, table.clock.now());
  let page: SkippedLine[] = [];
  for await (const line of skippedLines(table, batchId)) {
    page.push(line);
    if (page.length < linesInPage) continue;
    await saveSkippedLines(table, batchId, page, expiresAt);
    page = [];
  }
  await saveSkippedLines(table, batchId, page, expiresAt);
};

/** Epoch seconds. */
const computeExpiry = ({ retentionSeconds }: Batch, nowMs: number): number =>
  Math.ceil(nowMs / 1000) + retentionSeconds + marginSeconds;
