import pMap from 'p-map';
import { tryTriggerDispatch } from '#shared/aws/invoke-functions.ts';
import { UnreadableItemError } from '#shared/aws/items.ts';
import { removeItem } from '#shared/aws/table.ts';
import { isOver } from '#shared/batches/batch.ts';
import { requestBatchCancel, requestBatchErasure } from '#shared/batches/batch-progress.ts';
import { batchIdsOfCaller, batchKey, getBatch } from '#shared/batches/batch-store.ts';
import { eraseSkippedLines } from '#shared/batches/line-items.ts';
import { batchFolder } from '#shared/deployment/bucket.ts';
import type { Erasure } from '#shared/erasing/erasure.ts';
import { isFinal } from '#shared/jobs/job.ts';
import { jobsOfCaller, type ListedJob } from '#shared/jobs/job-list.ts';
import { getJob } from '#shared/jobs/job-store.ts';
import { cancelJob } from '#shared/jobs/lanes/cancel.ts';
import { tryPublishEnded } from '#shared/outbox/publish-ended.ts';
import type { InboxContext } from '../context.ts';
import { eraseFinishedJob, eraseRemains, eraseUnder, type Progress } from './erase-job.ts';

const jobsInStep = 1_000;
const concurrency = 16;

/** Cancels the batches of a caller that go on, and has those erased that are over, by runs of their own. */
export const endBatchesOf = async (inbox: InboxContext, caller: string, erasure: Erasure): Promise<Progress> => {
  let waitsFor = 0;
  for await (const batchId of batchIdsOfCaller(inbox.table, caller)) {
    if (!(await isBatchGone(inbox, batchId, erasure))) waitsFor += 1;
  }
  if (waitsFor > 0) await tryTriggerDispatch(inbox);
  return { waitsFor };
};

const isBatchGone = async (inbox: InboxContext, batchId: string, { requestedAt }: Erasure): Promise<boolean> => {
  const { table } = inbox;
  const batch = await getBatch(table, batchId);
  if (batch === undefined) {
    // Its record has expired: the list may be late, or DynamoDB.
    await eraseUnder(inbox)(batchFolder(batchId));
    await eraseSkippedLines(table, batchId);
    await removeItem(table, batchKey(batchId));
    return true;
  }
  if (batch.createdAt > requestedAt) return true;
  if (batch.state === 'reading' || batch.state === 'running') await requestBatchCancel(table, batch);
  if (isOver(batch.state) && (await requestBatchErasure(table, batchId)) === undefined)
    await tryPublishEnded(inbox, batch);
  return false;
};

/** Erases the jobs of a caller that have ended and cancels the others; those of a batch go with it. */
export const eraseJobsOf = async (
  inbox: InboxContext,
  caller: string,
  erasure: Erasure,
  position?: string,
): Promise<Progress> => {
  const jobs: ListedJob[] = [];
  for await (const job of jobsOfCaller(inbox.table, caller, position)) {
    if (job.createdAt > erasure.requestedAt) break;
    jobs.push(job);
    if (jobs.length === jobsInStep) break;
  }
  const gone = await pMap(jobs, (job) => isJobGone(inbox, job), { concurrency });
  return {
    next: jobs.length === jobsInStep ? jobs.at(-1)?.order : undefined,
    waitsFor: gone.filter((isGone) => !isGone).length,
  };
};

const isJobGone = async (inbox: InboxContext, { jobId, createdAt }: ListedJob): Promise<boolean> => {
  const { table } = inbox;
  const job = await readJob(inbox, jobId);
  if (job === undefined) {
    await eraseRemains(inbox, jobId, createdAt);
    return true;
  }
  if (!isFinal(job.state)) {
    const cancellation = await cancelJob(table, job);
    if (cancellation?.outcome === 'cancelled') await tryPublishEnded(inbox, cancellation.job);
    return false;
  }
  if (job.batchId !== undefined && (await getBatch(table, job.batchId)) !== undefined) return false;
  await eraseFinishedJob(inbox, job);
  return true;
};

const readJob = async ({ table }: InboxContext, jobId: string) => {
  try {
    return await getJob(table, jobId);
  } catch (error) {
    if (!(error instanceof UnreadableItemError)) throw error;
    return undefined;
  }
};
