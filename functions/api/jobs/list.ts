import * as z from 'zod';
import { listJobs } from '#shared/jobs/job-store.ts';
import type { ApiContext } from '../context.ts';
import { decodeCursor, encodeCursor, jobsQuery, nextCursor, readLimit, readStates } from '../http/pagination.ts';
import { jsonResponse } from '../http/response.ts';
import type { Route } from '../http/router.ts';
import { jobSummary, viewJobSummary } from './view.ts';

const jobsPage = z.object({ jobs: z.array(jobSummary), cursor: nextCursor });

/** The caller's jobs, newest first. */
export const listRoute = ({ table }: Pick<ApiContext, 'table'>): Route => ({
  method: 'GET',
  path: '/jobs',
  describe: {
    tag: 'Jobs',
    summary: 'Your jobs, newest first',
    query: z.object(jobsQuery),
    answers: { 200: { description: 'One page', content: { 'application/json': jobsPage } } },
  },
  handle: async (request) => {
    const caller = request.caller();
    const states = readStates(request.query['status']);
    const limit = readLimit(request.query['limit']);
    const list = [caller, ...(states ?? [])];
    const cursor = request.query['cursor'];
    const before = cursor === undefined ? undefined : decodeCursor(cursor, list);
    const { jobs, next } = await listJobs(table, { caller, states, before, limit });
    const page: z.output<typeof jobsPage> = {
      jobs: jobs.map(viewJobSummary),
      cursor: next === undefined ? undefined : encodeCursor(next, list),
    };
    return jsonResponse(200, page);
  },
});
