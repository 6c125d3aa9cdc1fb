import * as z from 'zod';
import { type ThumbnailWidth, thumbnailKey, thumbnailWidths } from '#shared/deployment/bucket.ts';
import {
  findInspection,
  type Inspection,
  isCutOff,
  mayBeInspected,
  type ThumbnailState,
} from '#shared/jobs/inspection.ts';
import type { Job } from '#shared/jobs/job.ts';
import { once } from '#shared/once.ts';
import type { ApiContext } from '../context.ts';
import { parameterProblem } from '../http/pagination.ts';
import { ProblemError } from '../http/problem.ts';

/**
 * The width in a query, of its parameter `width` or another one.
 *
 * @throws {ProblemError} 400 for one that thumbnails are not made in
 */
export const readWidth = (given: string | undefined, parameter = 'width'): ThumbnailWidth | undefined => {
  if (given === undefined) return undefined;
  const width = thumbnailWidths.find((each) => String(each) === given);
  if (width === undefined) throw parameterProblem(parameter, `is not ${thumbnailWidths.join(', ')}`);
  return width;
};

/** The parameter that has thumbnails named beside the outputs of jobs. */
export const thumbnailsQuery = once(() =>
  z
    .enum(thumbnailWidths.map(String))
    .optional()
    .meta({ description: 'Adds `thumbnail` of this width in pixels to each output that has one' }),
);

/** URLs of the thumbnails of a job, by the positions of its outputs; undefined for an output that has none, or none yet. */
export const presignThumbnails = async (
  { presignCacheable }: Pick<ApiContext['objects'], 'presignCacheable'>,
  job: Pick<Job, 'outputs' | 'inspections'>,
  width: ThumbnailWidth | undefined,
): Promise<(string | undefined)[]> =>
  Promise.all(
    (width === undefined ? [] : (job.outputs ?? [])).map(async (output, position) => {
      if (width === undefined || findInspection(job, position)?.thumbnail !== 'made') return undefined;
      return presignCacheable({ bucket: output.bucket, key: thumbnailKey(output, width) });
    }),
  );

/** A new output is inspected without being asked for. */
const arrivalMs = 15_000;

const retryAfterSeconds = 2;

const reasons: Record<Exclude<ThumbnailState, 'made'>, string> = {
  unsupported: 'thumbnails are made of JPEG, PNG and WebP only',
  too_large: 'the file is too large for one',
  unreadable: 'the file cannot be decoded',
};

/**
 * Where the thumbnail of an output lies. One that is not there yet is asked for, and there when the caller asks again a little later.
 *
 * @param position of the output in the job's list
 * @throws {ProblemError} 404 with `thumbnail_not_ready` and `Retry-After`, or with `no_thumbnail` where there never will be one
 */
export const findThumbnail = async (
  context: Pick<ApiContext, 'table' | 'startThumbnail'>,
  job: Job,
  position: number,
  width: ThumbnailWidth,
): Promise<{ bucket: string; key: string }> => {
  const output = job.outputs?.[position];
  const found = findInspection(job, position);
  if (output !== undefined && found?.thumbnail === 'made') {
    return { bucket: output.bucket, key: thumbnailKey(output, width) };
  }
  if (found?.thumbnail !== undefined && found.thumbnail !== 'made') throw noThumbnail(reasons[found.thumbnail]);
  if (context.startThumbnail === undefined) throw noThumbnail('the gateway makes none');
  const index = output?.index ?? position;
  if (output === undefined || !mayBeInspected(index)) throw noThumbnail('the job has too many outputs');
  if (isDue(context.table.clock.now(), job, found)) {
    await context.startThumbnail({ jobId: job.jobId, index, key: output.key });
  }
  throw new ProblemError(404, 'thumbnail_not_ready', 'The thumbnail is being made: ask again a little later.', {
    headers: { 'retry-after': String(retryAfterSeconds) },
  });
};

const noThumbnail = (reason: string): ProblemError =>
  new ProblemError(404, 'no_thumbnail', `The output has no thumbnail: ${reason}.`);

const isDue = (now: number, { finishedAt, createdAt }: Job, found: Inspection | undefined): boolean =>
  found === undefined ? now - Date.parse(finishedAt ?? createdAt) > arrivalMs : isCutOff(found, now);
