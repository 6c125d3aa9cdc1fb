import type { DurableContext } from '@aws/durable-execution-sdk-js';
import { tryTriggerDispatch } from '#shared/aws/invoke-functions.ts';
import { type Batch, noLines, type ReadPosition } from '#shared/batches/batch.ts';
import { lineJobSchema, lineJobs } from '#shared/batches/batch-jobs.ts';
import { advanceBatch, type BatchRun } from '#shared/batches/batch-progress.ts';
import { getBatch } from '#shared/batches/batch-store.ts';
import { type SkippedLine, saveSkippedLines } from '#shared/batches/line-items.ts';
import { leaseMs } from '#shared/batches/open-batches.ts';
import { labelRule, mergeLabels } from '#shared/requests/labels.ts';
import type { InboxContext } from '../context.ts';
import type { Refusal } from '../report/report-batch.ts';
import { awaitRoom, hasRoom } from './await-room.ts';
import { enqueueLines } from './enqueue-lines.ts';
import { readSource } from './formats/source.ts';
import { firstLine, readChunk, storeLines } from './lines-file.ts';
import { nameOutputs } from './name-outputs.ts';
import { type FileNotes, type PreparedLine, RefusedFileError } from './prepared-line.ts';
import { addToLanes, type Counts, pickCounts, type Reached } from './reading-progress.ts';
import { readFailedJobs } from './retry-source.ts';

type Prepared =
  | { kind: 'ready'; lines: number; from: Reached }
  | { kind: 'exhausted'; from: Reached }
  | { kind: 'refused'; refusal: Refusal }
  | { kind: 'stale' }
  /** There is no room yet for another batch of its caller. */
  | { kind: 'waiting' };

/**
 * What reading a file led to: its lines are jobs, it cannot be taken, another execution goes on with it, or another one has
 * taken over.
 */
export type Reading = { kind: 'read' | 'continues' | 'stale' } | Extract<Prepared, { kind: 'refused' }>;

/** An invocation of a function ends after 15 minutes; after this many chunks the execution goes on in another one. */
export const chunksInInvocation = 100;
// A durable execution may have 3,000 operations; before that another one goes on.
const maxChunks = 2_000;
// Each tries its steps several times, and begins 15 minutes after the one before: an outage of an hour is survived.
const maxReadAttempts = 8;

/**
 * Reads the requests of a batch into jobs, a few hundred lines a step: after a crash it goes on at the last finished step,
 * also in a new execution, and it takes as many invocations as it needs. The file is read as a whole before its first
 * line becomes a job. What cannot be read, however often it is tried, is refused, so that no file is tried for ever.
 *
 * @param chunksInExecution after this many steps a new execution goes on
 */
export const readRequests = async (
  context: DurableContext,
  inbox: InboxContext,
  run: BatchRun,
  chunksInExecution = maxChunks,
): Promise<Reading> => {
  const prepared = await context.step('prepare', () => prepare(inbox, run));
  if (prepared.kind === 'stale' || prepared.kind === 'refused') return prepared;
  if (prepared.kind === 'waiting') return { kind: 'continues' };
  if (prepared.kind === 'exhausted') {
    const counted = await context.step('reject unread lines', () =>
      rejectUnreadLines(inbox, run.batchId, prepared.from),
    );
    return context.step('all read', () => endReading(inbox, run, counted));
  }
  let reached: Reached | null = prepared.from;
  for (let chunk = 1; reached !== null && reached.line <= prepared.lines; chunk += 1) {
    const from: Reached = reached;
    if (chunk > chunksInExecution) return context.step('hand over', () => handOver(inbox, run, from));
    reached = await context.step(`lines from ${from.line}`, () => readLines(inbox, run, from));
    if (reached?.countedTo !== undefined) {
      const to = reached;
      return context.step('wait for places', () => handOver(inbox, run, to));
    }
    if (chunk % chunksInInvocation === 0) await context.wait('next invocation', { seconds: 1 });
  }
  const all = reached;
  return all === null ? { kind: 'stale' } : context.step('all read', () => endReading(inbox, run, all));
};

const prepare = async (inbox: InboxContext, run: BatchRun): Promise<Prepared> => {
  const { table } = inbox;
  const batch = await beginAttempt(inbox, run);
  if (batch === undefined) return { kind: 'stale' };
  if (!(await hasRoom(inbox, batch))) {
    await awaitRoom(inbox, run, 'openBatches', { readAttempts: 0 });
    return { kind: 'waiting' };
  }
  const isExhausted = batch.readAttempts > maxReadAttempts;
  // The file may have changed since; what has become jobs has not.
  if (batch.lines !== undefined) {
    const from = { ...(batch.readTo ?? firstLine), ...pickCounts(batch) };
    return isExhausted ? { kind: 'exhausted', from } : { kind: 'ready', lines: batch.lines, from };
  }
  if (isExhausted) {
    const message = `The file could not be read, though it was tried ${maxReadAttempts} times. Send it again later, under another name.`;
    return { kind: 'refused', refusal: { code: 'source_not_readable', message } };
  }
  try {
    const notes: FileNotes = { columns: [], warnings: new Set() };
    const lines = await prepareLines(inbox, batch, notes);
    const { columns } = notes;
    const labels = mergeLabels(notes.labels, batch.labels);
    if (labels === undefined && notes.labels !== undefined) {
      throw new RefusedFileError('invalid_labels', `The labels of file and batch together ${labelRule}.`);
    }
    const changes = {
      lines,
      columns,
      labels,
      warnings: [...notes.warnings],
      readAttempts: 0,
      startedAt: new Date(table.clock.now()).toISOString(),
    };
    const begun = await advanceBatch(table, run, { from: ['reading'], to: 'reading', changes, remove: ['waiting'] });
    return begun === undefined ? { kind: 'stale' } : { kind: 'ready', lines, from: { ...firstLine, ...noLines } };
  } catch (error) {
    if (!(error instanceof RefusedFileError)) throw error;
    return { kind: 'refused', refusal: { code: error.code, message: error.message } };
  }
};

/** Counts an execution that begins to read, once, and gives it its time: reading a large file takes some. */
const beginAttempt = async ({ table }: InboxContext, run: BatchRun): Promise<Batch | undefined> => {
  const batch = await getBatch(table, run.batchId);
  if (batch === undefined) return undefined;
  const readAttempts = batch.lastAttemptRun === run.run ? batch.readAttempts : batch.readAttempts + 1;
  const changes = { readAttempts, lastAttemptRun: run.run };
  return advanceBatch(table, run, { from: ['reading'], to: 'reading', changes });
};

const prepareLines = (inbox: InboxContext, batch: Batch, notes: FileNotes): Promise<number> => {
  const { batchId, caller, source, retryOf, outputName } = batch;
  if (caller === '') {
    throw new RefusedFileError(
      'outside_team_folder',
      'The file must lie in the folder of a team: inbox/<team>/<file>.',
    );
  }
  const store = (lines: AsyncIterable<PreparedLine>) =>
    storeLines(inbox, batchId, nameOutputs(inbox, lines, notes, outputName));
  if (retryOf !== undefined) return store(readFailedJobs(inbox, retryOf, notes));
  if (source === undefined) throw new TypeError('The batch has neither a file nor another batch to try again.');
  return store(readSource(inbox, source, notes));
};

/** @returns where the next lines begin; null if another execution has taken over */
const readLines = async (inbox: InboxContext, run: BatchRun, from: Reached): Promise<Reached | null> => {
  const { table } = inbox;
  const leaseEndsAt = table.clock.now() + leaseMs;
  const begun = await getBatch(table, run.batchId);
  const isRepeated = begun?.readTo?.line === from.line;
  const begunAt = (isRepeated ? begun?.readTo?.begunAt : undefined) ?? table.clock.now();
  const changes = {
    ...pickCounts(from),
    readTo: { ...pickPosition(from), begunAt },
    readAttempts: isRepeated ? undefined : 0,
  };
  const batch = await advanceBatch(table, run, { from: ['reading'], to: 'reading', changes });
  if (batch === undefined) return null;
  const { lines, positions, next } = await readChunk(inbox, run.batchId, from);
  if (lines.length === 0) throw new TypeError('The prepared file has fewer lines than were counted.');
  const read = await enqueueLines(inbox, batch, lines, { leaseEndsAt, isRepeated, begunAt });
  await tryTriggerDispatch(inbox);
  const waitsFrom = read.waiting === undefined ? undefined : positions.get(read.waiting);
  return {
    ...(waitsFrom ?? next),
    jobs: from.jobs + read.jobs,
    rejected: from.rejected + read.rejected,
    skipped: from.skipped + read.skipped,
    jobsInLanes: addToLanes(from.jobsInLanes, read.lanes),
    countedTo: waitsFrom && read.countedTo,
  };
};

/** Leaves the rest to a new execution: at once, or where lines wait for places in the queue, in a while. */
const handOver = async (inbox: InboxContext, run: BatchRun, from: Reached): Promise<Reading> => {
  const { countedTo } = from;
  const changes = { ...pickCounts(from), readTo: pickPosition(from), readAttempts: 0, countedTo };
  if (countedTo !== undefined) {
    await awaitRoom(inbox, run, 'queuedJobs', changes);
    return { kind: 'continues' };
  }
  const checkAtMs = inbox.table.clock.now();
  await advanceBatch(inbox.table, run, { from: ['reading'], to: 'reading', changes, checkAtMs });
  await tryTriggerDispatch(inbox);
  return { kind: 'continues' };
};

const unreadLine = {
  code: 'line_not_read',
  message: 'The gateway could not go on reading the file here, though it was tried many times. Send the line again.',
};

/**
 * Gives up reading a file of which some lines may be jobs: the others are reported as rejected, so that the batch ends.
 *
 * @param from where the lines begin of which nothing is recorded
 * @returns what all lines of the file have become
 */
const rejectUnreadLines = async ({ table, log }: InboxContext, batchId: string, from: Reached): Promise<Counts> => {
  const { lines = 0 } = (await getBatch(table, batchId)) ?? {};
  const counts = pickCounts(from);
  const unreadLines = { first: from.line, last: lines };
  for await (const { first, last, jobs } of lineJobs(
    table,
    batchId,
    unreadLines,
    lineJobSchema().pick({ lane: true }),
  )) {
    const unread: SkippedLine[] = [];
    for (let line = first; line <= last; line += 1) {
      if (!jobs.has(line)) unread.push({ line, state: 'rejected', error: unreadLine });
    }
    await saveSkippedLines(table, batchId, unread);
    counts.jobs += jobs.size;
    counts.jobsInLanes = addToLanes(
      counts.jobsInLanes,
      [...jobs.values()].map(({ lane }) => lane),
    );
    counts.rejected += unread.length;
  }
  log.error('The rest of a batch could not be read and was rejected.', { batchId, line: from.line, lines });
  return counts;
};

const pickPosition = ({ line, offset }: ReadPosition): ReadPosition => ({ line, offset });

const endReading = async ({ table }: InboxContext, run: BatchRun, reached: Counts): Promise<Reading> => {
  // Running already if this step is repeated.
  const read = {
    from: ['reading', 'running'],
    to: 'running',
    changes: { ...pickCounts(reached), readAttempts: 0 },
    remove: ['waiting'],
  } as const;
  return { kind: (await advanceBatch(table, run, read)) === undefined ? 'stale' : 'read' };
};
