import * as z from 'zod';
import { jobSchema } from '#shared/jobs/job.ts';
import { changesLagMs, listChanges } from '#shared/jobs/job-changes.ts';
import { listJobs } from '#shared/jobs/job-list.ts';
import { once } from '#shared/once.ts';
import type { ApiContext } from '../context.ts';
import { decodeCursor, encodeCursor, nextCursor } from '../http/pagination.ts';
import { jsonResponse, toIso } from '../http/problem.ts';
import type { Route } from '../http/router.ts';
import { jobListQuery, readJobListQuery } from './list-query.ts';
import { presignThumbnails } from './thumbnail.ts';
import { jobSummary, summaryAttributes, viewJobSummary } from './view.ts';

// The beginning of the prompt stands in the record for lists only: no step of a job reads it.
const listedJob = once(() => jobSchema().pick(summaryAttributes).extend({ prompt: z.string().optional() }));

// A presigned URL has the session's token in it, which takes most of it.
const maxUrlBytes = 2_500;

/** One page of `GET /jobs`. */
export const jobsPage = once(() =>
  z
    .object({
      jobs: z.array(jobSummary()),
      cursor: nextCursor(),
      searchedTo: z.iso.datetime().optional().meta({
        description: 'When the last job was made that was looked at, wanted or not; absent if there was none',
      }),
      changedUntil: z.iso.datetime().optional().meta({
        description:
          'What to ask with as `changedSince` to learn what changes from now on. It lies some seconds back: a job may come twice',
      }),
    })
    .meta({ id: 'JobsPage' }),
);

/** The caller's jobs, by the time at which they were made or changed. */
export const listRoute = ({ table, objects }: Pick<ApiContext, 'table' | 'objects'>): Route => ({
  method: 'GET',
  path: '/jobs',
  describe: {
    tag: 'Jobs',
    summary: 'Your jobs, newest first',
    description:
      'A page may have fewer jobs than the limit, or none, although more follow: where what is wanted is rare or jobs are large. Go on while there is a cursor.',
    query: jobListQuery,
    answers: { 200: { description: 'One page', content: { 'application/json': jobsPage } } },
  },
  handle: async (request) => {
    const caller = request.caller();
    const { limit, since, cursor, thumbnailWidth, list, ...wanted } = readJobListQuery(request.query);
    const identity = [caller, list];
    const after = cursor === undefined ? undefined : decodeCursor(cursor, identity);
    const changedUntil = toIso(table.clock.now() - changesLagMs);
    const bytesPerOutput = thumbnailWidth === undefined ? 0 : maxUrlBytes;
    const query = { caller, after, limit, bytesPerOutput, ...wanted };
    const found: Awaited<ReturnType<typeof listJobs<ReturnType<typeof listedJob>>>> =
      since === undefined
        ? await listJobs(table, query, listedJob())
        : await listChanges(table, { ...query, since }, listedJob());
    const { jobs, next, searchedTo } = found;
    const page: z.output<ReturnType<typeof jobsPage>> = {
      jobs: await Promise.all(
        jobs.map(async (job) => viewJobSummary(job, await presignThumbnails(objects, job, thumbnailWidth))),
      ),
      cursor: next === undefined ? undefined : encodeCursor(next, identity),
      searchedTo,
      changedUntil: since !== undefined && next !== undefined ? undefined : changedUntil,
    };
    return jsonResponse(200, page);
  },
});
