import pMap from 'p-map';
import { UnreadableItemError } from '#shared/aws/items.ts';
import type { Batch, LineCounts } from '#shared/batches/batch.ts';
import { lineJobSchema, lineJobs } from '#shared/batches/batch-jobs.ts';
import { getBatch, jobIdOfLine } from '#shared/batches/batch-store.ts';
import { type SkippedLine, saveSkippedLines, skippedLines } from '#shared/batches/line-items.ts';
import { returnAdmission } from '#shared/callers/admission.ts';
import { GatewayError } from '#shared/errors.ts';
import type { NewJob } from '#shared/jobs/job.ts';
import { createJob, type JobPlace } from '#shared/jobs/job-store.ts';
import { readCallerPause } from '#shared/jobs/lanes/caller-pauses.ts';
import { takePlaces, toPlace } from '#shared/jobs/lanes/held-jobs.ts';
import { isRefusedWrite } from '#shared/jobs/set-aside.ts';
import { priorities } from '#shared/priority.ts';
import { returnCost } from '#shared/usage/reserve-cost.ts';
import type { InboxContext } from '../context.ts';
import { createExpiryWarnings, createUploadCheck, type LineJob } from './line-inputs.ts';
import { applyOutcome, buildJob, pickOrigin, readLine, unprocessableLine } from './line-job.ts';
import { readLinePolicy, toLineError } from './line-policy.ts';
import type { NumberedLine } from './lines-file.ts';

const concurrency = 16;

/**
 * Makes jobs of some lines, and records those that cannot be jobs. Done again it finds the same jobs: their ids follow
 * from batch and line. Once the batch is cancelled no line becomes a job any more.
 *
 * @param lease.leaseEndsAt when another execution may have taken over, in epoch ms: from then on nothing is written
 * @param lease.isRepeated whether some of the lines may be jobs already: these take no new rounds from their caller
 * @param lease.begunAt when they were begun for the first time, epoch ms: the day for which their requests count
 * @returns what the lines have become, up to the first one that waits for a place in the queue, if one does
 * @throws {LeaseOverError} if that time has come
 */
export const enqueueLines = async (
  inbox: InboxContext,
  batch: Batch,
  lines: readonly NumberedLine[],
  { leaseEndsAt, isRepeated, begunAt }: { leaseEndsAt: number; isRepeated: boolean; begunAt: number },
): Promise<EnqueuedLines> => {
  const { table } = inbox;
  const { batchId } = batch;
  const range = { first: lines[0]?.line ?? 1, last: lines.at(-1)?.line ?? 0 };
  const enqueuedBefore = isRepeated ? await findLinesWithJobs(table, batchId, range) : new Map<number, string>();
  // What was refused stays refused, though a count may have room again by now: a line is a job or rejected, never both.
  const skippedBefore = isRepeated ? await findSkippedLines(table, batchId, range) : new Map<number, SkippedLine>();
  const jobs: LineJob[] = [];
  let skipped = [...skippedBefore.values()];
  const checkLease = () => {
    if (table.clock.now() >= leaseEndsAt) throw new LeaseOverError();
  };
  const policy = await readLinePolicy(inbox, batch);
  const read = lines
    .filter(({ line }) => !enqueuedBefore.has(line) && !skippedBefore.has(line))
    .map((line) => ({ line, found: readLine(inbox, batch, line) }));
  const requests = read.flatMap(({ found }) => ('operation' in found ? [found.inputs] : []));
  const checkUploads = await createUploadCheck(inbox, batch.caller, requests);
  for (const { line, found } of read) {
    if (!('operation' in found)) {
      skipped.push(found);
      continue;
    }
    const outcome = checkUploads(found.inputs) ?? policy.check(found);
    if ('code' in outcome) skipped.push({ ...pickOrigin(line), id: found.id, state: 'rejected', error: outcome });
    else if (batch.cancelRequestedAt !== undefined) {
      skipped.push({ ...pickOrigin(line), id: found.id, state: 'cancelled' });
    } else jobs.push({ job: buildJob(inbox, batch, line, applyOutcome(found, outcome)), urls: found.inputs.urls });
  }
  const chunk = { batchId, at: begunAt, countedTo: batch.countedTo ?? 0 };
  const admission = await policy.admit(
    jobs.map(({ job }) => job),
    chunk,
  );
  const [waiting] = jobs.splice(admission.placed);
  const isDone = (line: number): boolean => line < (waiting?.job.line ?? Number.POSITIVE_INFINITY);
  skipped = skipped.filter(({ line }) => isDone(line));
  const skip = ({ line = 0, row, columns, lineId: id }: NewJob, error: SkippedLine['error'] | 'cancelled') => {
    const end = error === 'cancelled' ? { state: error } : { state: 'rejected' as const, error };
    skipped.push({ line, row, columns, id, ...end });
  };
  const { refusal } = admission;
  for (const { job } of jobs.splice(admission.admitted)) skip(job, refusal && toLineError(refusal));
  const isCancelled = async () => (await getBatch(table, batchId))?.cancelRequestedAt !== undefined;
  const unreserved = await policy.reserve(
    jobs.map(({ job }) => job),
    { checkLease, isCancelled },
  );
  for (const { job } of jobs.filter(({ job }) => unreserved.has(job.jobId))) skip(job, unreserved.get(job.jobId));
  const affordable = jobs.filter(({ job }) => !unreserved.has(job.jobId));
  await saveSkippedLines(table, batchId, skipped);
  // Only now: a line that is tried again would be taken for one that is counted.
  await returnAdmission(table, admission, [...unreserved.keys()]);
  const refused: SkippedLine[] = [];
  const lanes = new Set(affordable.map(({ job }) => job.lane));
  const queues = [...lanes].flatMap((lane) => priorities.map((priority) => ({ lane, priority })));
  for (const { lane, priority } of queues) {
    const enqueued = affordable.filter(({ job }) => job.lane === lane && job.priority === priority);
    if (enqueued.length === 0) continue;
    const pause = await readCallerPause(table, batch.caller);
    const queue = { table, name: lane };
    const { firstRound, isHeld } = await takePlaces(queue, batch.caller, priority, { count: enqueued.length, pause });
    const warnOf = await createExpiryWarnings(inbox, batch, enqueued, firstRound);
    const createOne = async ({ job: bare, urls }: LineJob, index: number) => {
      const job = { ...bare, warnings: [...bare.warnings, ...warnOf(urls, index)] };
      checkLease();
      const isStored = await tryCreateJob(inbox, job, toPlace(job, firstRound + index, isHeld));
      if (isStored) return;
      await returnCost(table, job);
      const { line = 0, row, columns, lineId: id } = job;
      refused.push({ line, row, columns, id, state: 'rejected', error: unprocessableLine });
    };
    await pMap(enqueued, createOne, { concurrency });
  }
  await saveSkippedLines(table, batchId, refused);
  await returnAdmission(
    table,
    admission,
    refused.map(({ line }) => jobIdOfLine(batchId, line)),
  );
  const count = (state: SkippedLine['state']) => skipped.filter((line) => line.state === state).length;
  const enqueued = affordable.filter(({ job }) => !refused.some(({ line }) => line === job.line));
  const lanesOfJobs = [
    ...[...enqueuedBefore].flatMap(([line, lane]) => (isDone(line) ? [lane] : [])),
    ...enqueued.map(({ job }) => job.lane),
  ];
  return {
    jobs: lanesOfJobs.length,
    lanes: lanesOfJobs,
    rejected: count('rejected') + refused.length,
    skipped: count('cancelled'),
    waiting: waiting?.job.line,
    countedTo: admission.countedTo,
  };
};

/** What some lines have become. */
export interface EnqueuedLines extends LineCounts {
  /** The lane of each job. */
  lanes: readonly string[];
  /** The first line that waits for a place in the queue. */
  waiting: number | undefined;
  /** The requests of lines up to this one are counted. */
  countedTo: number;
}

/** The execution was so slow that another one may have taken its batch over. */
export class LeaseOverError extends GatewayError {
  constructor() {
    super('lease_over', 'Another execution may have taken the batch over.');
  }
}

/** @returns false if DynamoDB refuses the record for its content: thrown, that would fail the lines around it at every attempt */
const tryCreateJob = async ({ table, log }: InboxContext, job: NewJob, place: JobPlace): Promise<boolean> => {
  const { batchId, line, jobId } = job;
  try {
    await createJob(table, job, place);
  } catch (error) {
    if (isRefusedWrite(error)) {
      log.error('A line of a batch could not be stored as a job and was rejected.', { batchId, line });
      return false;
    }
    if (!(error instanceof UnreadableItemError)) throw error;
    log.error('The job of a line is there, but its record cannot be read.', { batchId, line, jobId });
  }
  return true;
};

/** @returns the lanes of the jobs that there are, by line */
const findLinesWithJobs = async (
  table: InboxContext['table'],
  batchId: string,
  range: { first: number; last: number },
): Promise<Map<number, string>> => {
  const found = new Map<number, string>();
  const pages = lineJobs(table, batchId, range, lineJobSchema().pick({ lane: true }));
  for await (const { jobs } of pages) for (const [line, { lane }] of jobs) found.set(line, lane);
  return found;
};

const findSkippedLines = async (
  table: InboxContext['table'],
  batchId: string,
  range: { first: number; last: number },
): Promise<Map<number, SkippedLine>> => {
  const found = new Map<number, SkippedLine>();
  for await (const line of skippedLines(table, batchId, range)) found.set(line.line, line);
  return found;
};
