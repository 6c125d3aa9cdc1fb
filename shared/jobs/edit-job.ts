import { allOf, type Condition, condition } from '../aws/expressions.ts';
import { type Table, updateItem } from '../aws/table.ts';
import type { Job } from './job.ts';
import { getJob, jobKey, markChanged, parseJob } from './job-store.ts';

type Owned = Pick<Job, 'jobId' | 'caller'>;

/**
 * Replaces the labels of a job, whatever else happens to it: the write sets this one attribute. While the end of the job is
 * being counted and published it changes nothing, so that usage and event have the same labels however often they are tried.
 *
 * @returns the job as it is now, `ending` while its end is being published, undefined if it is gone
 */
export const setLabels = async (
  table: Table,
  job: Owned,
  labels: Readonly<Record<string, string>>,
): Promise<Job | 'ending' | undefined> => {
  const changed = Object.keys(labels).length === 0 ? undefined : labels;
  const edited = await edit(table, job, { labels: changed }, condition`attribute_not_exists(#unpublished)`);
  if (edited !== undefined) return edited;
  return (await getJob(table, job.jobId)) === undefined ? undefined : 'ending';
};

/**
 * Marks a job as a favourite of its caller, or no longer; done again it changes nothing.
 *
 * @returns the job as it is now, undefined if it is gone
 */
export const setFavourite = async (table: Table, job: Owned, isFavourite: boolean): Promise<Job | undefined> =>
  edit(table, job, { favourite: isFavourite ? true : undefined });

// `updatedAt` stays: the execution that follows the job times its own work by it. An erased job stays erased.
const edit = async (
  table: Table,
  { jobId, caller }: Owned,
  changes: Pick<Job, 'labels' | 'favourite'>,
  when?: Condition,
): Promise<Job | undefined> => {
  const item = await updateItem(table, jobKey(jobId), {
    set: { ...changes, ...markChanged(table, jobId) },
    when: allOf(condition`attribute_exists(#pk) AND #caller = ${caller}`, when),
  });
  return item && parseJob(item);
};
