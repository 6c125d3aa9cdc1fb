import { hasThumbnails } from '../../ui/file-kinds.ts';
import { keep, readKept, type TabStorage } from '../../ui/kept.ts';

/** A job that was made from this tab. */
export interface MadeJob {
  jobId: string;
  /** Name of the operation. */
  operation: string;
}

const storageKey = 'make/made';
const maxJobs = 8;

/** The jobs that were made last from this tab, newest first: they are still there after a reload. */
export const loadMadeJobs = (storage: Pick<TabStorage, 'getItem'>): MadeJob[] => {
  const list = readKept(storage, storageKey);
  return Array.isArray(list) ? list.filter(isMadeJob).slice(0, maxJobs) : [];
};

/** The list with one more; a job that is in it already, as after a double click, stays there once. */
export const addMadeJob = (jobs: readonly MadeJob[], job: MadeJob): MadeJob[] =>
  [job, ...jobs.filter(({ jobId }) => jobId !== job.jobId)].slice(0, maxJobs);

/** Keeps the list. Where there is no room for it, the wall has the jobs as well. */
export const saveMadeJobs = (storage: Pick<TabStorage, 'setItem'>, jobs: readonly MadeJob[]): void => {
  keep(storage, storageKey, jobs);
};

const isMadeJob = (value: unknown): value is MadeJob =>
  typeof value === 'object' &&
  value !== null &&
  'jobId' in value &&
  typeof value.jobId === 'string' &&
  'operation' in value &&
  typeof value.operation === 'string';

/** What the pace of looking depends on. */
export interface FollowedJob {
  status: string;
  createdAt: string;
  finishedAt?: string;
  estimatedStart?: string;
  outputs: readonly { contentType: string; thumbnail?: string }[];
}

const finalStates: ReadonlySet<string> = new Set([
  'succeeded',
  'partially_succeeded',
  'failed',
  'cancelled',
  'timed_out',
]);
const thumbnailWaitMs = 20_000;

/**
 * In how many milliseconds to look at a job again: often while it is young or about to start, seldom while it waits for long, and
 * not at all once its pictures are there.
 */
export const choosePollMs = (job: FollowedJob | undefined, now: number): number | false => {
  if (job === undefined) return 2_000;
  if (finalStates.has(job.status)) {
    const isMissing = job.outputs.some(({ contentType, thumbnail }) => hasThumbnails(contentType) && !thumbnail);
    const endedMs = now - Date.parse(job.finishedAt ?? job.createdAt);
    return isMissing && endedMs < thumbnailWaitMs ? 2_000 : false;
  }
  const startsInMs = job.estimatedStart === undefined ? 0 : Date.parse(job.estimatedStart) - now;
  if (startsInMs > 60_000) return 15_000;
  const ageMs = now - Date.parse(job.createdAt);
  if (ageMs < 20_000) return 1_500;
  return ageMs < 120_000 ? 3_000 : 10_000;
};
