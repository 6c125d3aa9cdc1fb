import { outputInspectedEvent, toOutputInspected } from '#shared/events/output-inspected.ts';
import { publish } from '#shared/events/publish.ts';
import { type EndedInspection, hasEnded, inspectionName, isCutOff, mayBeInspected } from '#shared/jobs/inspection.ts';
import { beginInspection, endInspection, takeBackInspection } from '#shared/jobs/inspection-store.ts';
import type { Job } from '#shared/jobs/job.ts';
import { getJob } from '#shared/jobs/job-store.ts';
import type { OutputOwner } from '#shared/jobs/output-owner.ts';
import { completeManifest } from './complete-manifest.ts';
import type { ThumbnailContext } from './context.ts';
import { inspectFile } from './inspect-file.ts';
import { eraseThumbnails, openOutput, type StoredFile, storeThumbnails } from './objects.ts';

/** Lambda starts an event three times in all; a file that ends its process twice is given up the third time. */
const maxAttempts = 2;

/** What became of an event: `gone` outputs and `foreign` objects are no work. */
export interface InspectionOutcome {
  outcome: 'inspected' | 'known' | 'gone' | 'foreign';
}

/**
 * Inspects an output once: makes its thumbnails, reads its content credentials, and writes both to the record and to job.json. Each part can
 * be done again, and all of them are where an earlier one was cut off; the end is announced with each event of the
 * output, so at least once.
 *
 * @param wanted whose output it is, where that is known without its object
 */
export const inspectOutput = async (
  context: ThumbnailContext,
  key: string,
  wanted?: OutputOwner,
): Promise<InspectionOutcome> => {
  const file = await openOutput(context, key);
  if (file === undefined) {
    await eraseThumbnails(context, key);
    return { outcome: 'gone' };
  }
  try {
    const owner = wanted ?? file.owner;
    if (owner === undefined || !mayBeInspected(owner.index)) return { outcome: 'foreign' };
    const job = await getJob(context.table, owner.jobId);
    if (job === undefined) return { outcome: 'gone' };
    const known = job.inspections?.[inspectionName(owner.index)];
    const found = hasEnded(known) ? known : await inspect(context, job, { ...owner, key }, file);
    if (found === undefined) return { outcome: 'gone' };
    await completeManifest(context, job.jobId);
    const isNew = !hasEnded(known);
    if (isNew || wanted === undefined) {
      const detail = toOutputInspected(job, { index: owner.index, key }, found, context.bus);
      await publish(context.bus, outputInspectedEvent, detail);
    }
    return { outcome: isNew ? 'inspected' : 'known' };
  } finally {
    file.body.destroy();
  }
};

/** Undefined if the output or its record has gone meanwhile, or another execution has ended the inspection. */
const inspect = async (
  context: ThumbnailContext,
  job: Job,
  output: OutputOwner & { key: string },
  { body, bytes }: StoredFile,
): Promise<EndedInspection | undefined> => {
  const { table, log } = context;
  const earlier = job.inspections?.[inspectionName(output.index)];
  // Others that go on at this moment have ended no process.
  const isHopeless = earlier !== undefined && earlier.attempts >= maxAttempts && isCutOff(earlier, table.clock.now());
  const begun = await beginInspection(table, output, job);
  if (begun === undefined) return undefined;
  try {
    const { thumbnails = [], ...findings } = isHopeless
      ? { thumbnail: 'unreadable' as const }
      : await inspectFile(context.codecs, body, bytes);
    if (!(await storeThumbnails(context, output.key, thumbnails))) return undefined;
    const found = { ...begun, ...findings };
    await endInspection(table, output, found);
    return found;
  } catch (error) {
    // S3 or DynamoDB failed, which is no fault of the file's.
    const takenBack = await Promise.allSettled([takeBackInspection(table, output, begun)]);
    if (takenBack[0].status === 'rejected') log.warn('An attempt stays counted.', { jobId: output.jobId });
    throw error;
  }
};
