import type { FoundText } from '#shared/adobe/services/body-texts.ts';
import { type Batch, endedJobs } from '#shared/batches/batch.ts';
import {
  type ExpiringUrl,
  findExpiringUrls,
  isExpired,
  listExpired,
  warnOfExpiry,
} from '#shared/inputs/expiring-urls.ts';
import { findForeignUploads, findUploadIds, maxUploads, unknownUpload } from '#shared/inputs/upload-owners.ts';
import type { NewJob } from '#shared/jobs/job.ts';
import { findLane } from '#shared/jobs/lanes/lane.ts';
import { countTurnsAhead } from '#shared/jobs/lanes/queue-counts.ts';
import { buildRank } from '#shared/jobs/lanes/rounds.ts';
import { readLane } from '#shared/jobs/lanes/snapshot.ts';
import { earliestSubmit } from '#shared/jobs/lanes/wait-estimate.ts';
import type { InboxContext } from '../context.ts';

/** What a line names that the gateway does not bring to Adobe itself. */
export interface LineInputs {
  /** Presigned URLs. */
  urls: readonly ExpiringUrl[];
  /** Ids of uploads in Adobe's storage. */
  uploads: readonly FoundText[];
}

/** Why an input of a line cannot be used; the message never repeats it. */
export interface LineInputError {
  code: string;
  message: string;
}

/** Finds the inputs of a line; an error if one has expired by now (epoch ms), or if there are too many. */
export const readLineInputs = (body: unknown, nowMs: number): LineInputs | LineInputError => {
  const urls = findExpiringUrls(body);
  const expired = urls.filter((url) => isExpired(url, nowMs));
  if (expired.length > 0) {
    return { code: 'input_expired', message: `An input cannot be used: ${listExpired(expired)}.` };
  }
  const uploads = findUploadIds(body);
  if (uploads.length <= maxUploads) return { urls, uploads };
  return { code: 'input_too_many', message: `A request can name at most ${maxUploads} uploads.` };
};

/**
 * Looks up the uploads of all lines of a chunk at once.
 *
 * @returns finds the error of a line that names an upload of another caller
 */
export const createUploadCheck = async (
  { table }: Pick<InboxContext, 'table'>,
  caller: string,
  lines: readonly LineInputs[],
): Promise<(inputs: LineInputs) => LineInputError | undefined> => {
  const foreign = await findForeignUploads(
    table,
    caller,
    lines.flatMap(({ uploads }) => uploads),
  );
  return ({ uploads }) => {
    const [first] = uploads.filter(({ text }) => foreign.has(text));
    if (first === undefined) return undefined;
    return {
      code: 'input_not_found',
      message: `An input cannot be used: body.${first.path.join('.')}: ${unknownUpload}.`,
    };
  };
};

/** A line that becomes a job. */
export interface LineJob {
  job: NewJob;
  urls: readonly ExpiringUrl[];
}

/**
 * Estimates when lines start, once for all of a chunk and not at all if none of them names a presigned URL.
 *
 * @param lines at least one, all of one lane and priority
 * @param firstRound round of the first of them; the others follow it one by one
 * @returns what to know of the URLs of a line, by its number in `lines` from 0
 */
export const createExpiryWarnings = async (
  { table, lanes }: Pick<InboxContext, 'table' | 'lanes'>,
  batch: Pick<Batch, 'jobs' | 'counts'>,
  lines: readonly LineJob[],
  firstRound: number,
): Promise<(urls: readonly ExpiringUrl[], index: number) => string[]> => {
  const [first] = lines;
  if (first === undefined || lines.every(({ urls }) => urls.length === 0)) return () => [];
  const { priority, jobId, lane: name } = first.job;
  const lane = findLane(lanes, name);
  const rank = buildRank(priority, firstRound, jobId);
  const [snapshot, counted] = await Promise.all([readLane(lane), countTurnsAhead(lane, { priority, rank })]);
  // Jobs of the queue are counted up to a limit, those of the batch are known.
  const turnsAhead = Math.max(counted, batch.jobs - endedJobs(batch));
  const now = table.clock.now();
  return (urls, index) => {
    if (urls.length === 0) return [];
    return warnOfExpiry(urls, earliestSubmit(snapshot, lane.limits, turnsAhead + index, now));
  };
};
