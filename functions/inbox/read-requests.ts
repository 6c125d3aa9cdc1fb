import type { DurableContext } from '@aws/durable-execution-sdk-js';
import { type Batch, type LineCounts, noLines } from '#shared/batches/batch.ts';
import { advanceBatch, type Work } from '#shared/batches/batch-progress.ts';
import { getBatch } from '#shared/batches/batch-store.ts';
import { leaseMs } from '#shared/batches/open-batches.ts';
import type { Parts } from './parts.ts';
import { prepareRetry } from './prepare-retry.ts';
import { queueLines } from './queue-lines.ts';
import { prepareFile } from './read/prepare-file.ts';
import { firstLine, type Position, readChunk } from './read/read-prepared.ts';
import { RefusedFileError } from './read/refused-file.ts';
import type { Refusal } from './report-batch.ts';
import { wakeDispatch } from './wake-dispatch.ts';

type Prepared = { kind: 'ready'; lines: number } | { kind: 'refused'; refusal: Refusal } | { kind: 'stale' };

/** What reading a file led to: its lines are jobs, it cannot be taken, or another execution has taken over. */
export type Reading = { kind: 'read' } | Exclude<Prepared, { kind: 'ready' }>;

/** How far the reading has come, and what the lines so far have become. */
type Reached = Position & LineCounts;

/** A function's invocation may last 15 minutes; after so many chunks the next one goes on. */
export const chunksInInvocation = 100;

/**
 * Reads the requests of a batch into jobs, a few hundred lines a step: after a crash it goes on at the last finished step,
 * and it takes as many invocations as it needs. The file is looked at as a whole before its first line becomes a job.
 */
export const readRequests = async (context: DurableContext, parts: Parts, work: Work): Promise<Reading> => {
  const prepared = await context.step('prepare', () => prepare(parts, work));
  if (prepared.kind !== 'ready') return prepared;
  let reached: Reached | null = { ...firstLine, ...noLines };
  for (let chunk = 1; reached !== null && reached.line <= prepared.lines; chunk += 1) {
    const from: Reached = reached;
    reached = await context.step(`lines from ${from.line}`, () => readLines(parts, work, from));
    if (chunk % chunksInInvocation === 0) await context.wait('next invocation', { seconds: 1 });
  }
  const all = reached;
  return all === null ? { kind: 'stale' } : context.step('all read', () => endReading(parts, work, all));
};

const prepare = async (parts: Parts, work: Work): Promise<Prepared> => {
  const { table } = parts;
  const batch = await getBatch(table, work.batchId);
  if (batch?.works !== work.work || batch.state !== 'reading') return { kind: 'stale' };
  // The file may have changed since; what has become jobs has not.
  if (batch.lines !== undefined) return { kind: 'ready', lines: batch.lines };
  try {
    const lines = await prepareLines(parts, batch);
    const changes = { lines, startedAt: new Date(table.clock.now()).toISOString() };
    const begun = await advanceBatch(table, work, { from: ['reading'], to: 'reading', changes });
    return begun === undefined ? { kind: 'stale' } : { kind: 'ready', lines };
  } catch (error) {
    if (!(error instanceof RefusedFileError)) throw error;
    return { kind: 'refused', refusal: { code: error.code, message: error.message } };
  }
};

const prepareLines = (parts: Parts, batch: Batch): Promise<number> => {
  const { batchId, caller, source, retryOf } = batch;
  if (caller === '') {
    throw new RefusedFileError(
      'outside_team_folder',
      'The file must lie in the folder of a team: inbox/<team>/<file>.',
    );
  }
  if (retryOf !== undefined) return prepareRetry(parts, batchId, retryOf);
  if (source === undefined) throw new TypeError('The batch has neither a file nor another batch to try again.');
  return prepareFile(parts, batchId, source);
};

/** @returns where the next lines begin; null if another execution has taken over */
const readLines = async (parts: Parts, work: Work, from: Reached): Promise<Reached | null> => {
  const { table } = parts;
  const leaseEndsAt = table.clock.now() + leaseMs;
  const batch = await advanceBatch(table, work, { from: ['reading'], to: 'reading', changes: countsOf(from) });
  if (batch === undefined) return null;
  const { lines, next } = await readChunk(parts, work.batchId, from);
  const read = await queueLines(parts, batch, lines, leaseEndsAt);
  await wakeDispatch(parts);
  return {
    ...next,
    jobs: from.jobs + read.jobs,
    rejected: from.rejected + read.rejected,
    skipped: from.skipped + read.skipped,
    blank: from.blank + read.blank,
  };
};

const countsOf = ({ jobs, rejected, skipped, blank }: LineCounts): LineCounts => ({ jobs, rejected, skipped, blank });

const endReading = async ({ table }: Parts, work: Work, reached: LineCounts): Promise<Reading> => {
  const running = await advanceBatch(table, work, { from: ['reading'], to: 'running', changes: countsOf(reached) });
  return { kind: running === undefined ? 'stale' : 'read' };
};
