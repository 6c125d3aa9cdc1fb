import { defaultModelVersion } from '#shared/adobe/services/operation-settings.ts';
import type { Batch, LineCounts } from '#shared/batches/batch.ts';
import { jobIdOfLine } from '#shared/batches/batch-identity.ts';
import { lineJobSchema, lineJobs } from '#shared/batches/batch-jobs.ts';
import { type SkippedLine, saveSkippedLines } from '#shared/batches/line-items.ts';
import type { NewJob } from '#shared/jobs/job.ts';
import { priorities } from '#shared/jobs/job.ts';
import { createJob } from '#shared/jobs/job-store.ts';
import { fireflyLane } from '#shared/jobs/lanes/lane.ts';
import { buildRank, takeRounds } from '#shared/jobs/lanes/rounds.ts';
import { requestHashOf } from '#shared/jobs/request-hash.ts';
import type { InboxContext } from '../context.ts';
import { inParallel } from '../in-parallel.ts';
import { type LineRequest, readLineRequest } from './line-request.ts';
import type { NumberedLine } from './read-prepared.ts';

const writesAtOnce = 16;

/**
 * Makes jobs of some lines, and remembers those that cannot be jobs. Done again it finds the same jobs: their ids follow
 * from batch and line. Once the batch is cancelled no line becomes a job any more.
 *
 * @param lease.leaseEndsAt when another execution may have taken over, in epoch ms: from then on nothing is written
 * @param lease.isRepeated whether some of the lines may be jobs already: these take no new rounds from their caller
 * @throws {LeaseOverError} if that time has come
 */
export const queueLines = async (
  inbox: InboxContext,
  batch: Batch,
  lines: readonly NumberedLine[],
  { leaseEndsAt, isRepeated }: { leaseEndsAt: number; isRepeated: boolean },
): Promise<LineCounts> => {
  const { table } = inbox;
  const queuedBefore = isRepeated ? await linesWithJobs(table, batch.batchId, lines) : new Set<number>();
  const jobs: NewJob[] = [];
  const idle: SkippedLine[] = [];
  for (const line of lines) {
    if (queuedBefore.has(line.line)) continue;
    const found = readLine(inbox, line);
    if (!('operation' in found)) idle.push(found);
    else if (batch.cancelRequestedAt !== undefined) idle.push({ line: line.line, id: found.id, state: 'cancelled' });
    else jobs.push(jobOf(inbox, batch, line.line, found));
  }
  await saveSkippedLines(table, batch.batchId, idle);
  for (const priority of priorities) {
    const queued = jobs.filter((job) => job.priority === priority);
    if (queued.length === 0) continue;
    const firstRound = await takeRounds({ table, name: fireflyLane }, batch.caller, priority, queued.length);
    const places = queued.map((job, index) => ({ job, round: firstRound + index }));
    await inParallel(places, writesAtOnce, async ({ job, round }) => {
      if (table.clock.now() >= leaseEndsAt)
        throw new LeaseOverError('Another execution may have taken the batch over.');
      await createJob(table, job, { rank: buildRank(priority, round, job.jobId), round });
    });
  }
  const count = (state: SkippedLine['state']) => idle.filter((line) => line.state === state).length;
  return {
    jobs: queuedBefore.size + jobs.length,
    rejected: count('rejected'),
    skipped: count('cancelled'),
    blank: count('blank'),
  };
};

/** The execution was so slow that another one may have taken its batch over. */
export class LeaseOverError extends Error {
  override readonly name = 'LeaseOverError';
}

const linesWithJobs = async (
  table: InboxContext['table'],
  batchId: string,
  lines: readonly NumberedLine[],
): Promise<Set<number>> => {
  const [from = 1, to = 0] = [lines[0]?.line, lines.at(-1)?.line];
  const found = new Set<number>();
  const pages = lineJobs(table, batchId, { first: from, last: to }, lineJobSchema.pick({ jobId: true }));
  for await (const { jobs } of pages) for (const line of jobs.keys()) found.add(line);
  return found;
};

const readLine = (inbox: InboxContext, line: NumberedLine): LineRequest | SkippedLine => {
  if (line.kind === 'blank') return { line: line.line, state: 'blank' };
  if (line.kind === 'error') {
    const { code, message } = line;
    return { line: line.line, state: 'rejected', error: { code, message } };
  }
  const found = readLineRequest(line, inbox.operations);
  return 'error' in found ? { line: line.line, state: 'rejected', ...found } : found;
};

const jobOf = (
  { operations }: InboxContext,
  { batchId, caller, priority, retentionSeconds }: Batch,
  line: number,
  { operation, modelVersion, body, id, warnings, priority: own }: LineRequest,
): NewJob => ({
  jobId: jobIdOfLine(batchId, line),
  caller,
  operation: operation.name,
  lane: fireflyLane,
  modelVersion: modelVersion ?? defaultModelVersion(operation, operations),
  request: JSON.stringify(body),
  requestHash: requestHashOf(operation.name, modelVersion, body),
  priority: own ?? priority,
  warnings,
  retentionSeconds,
  batchId,
  line,
  lineId: id,
});
