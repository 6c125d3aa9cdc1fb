import * as z from 'zod';
import { type JobState, jobStates } from '#shared/jobs/job.ts';
import { listJobs } from '#shared/jobs/job-store.ts';
import type { Gateway } from '../context.ts';
import { decodeCursor, encodeCursor, invalidParameter, readLimit } from '../http/pagination.ts';
import { jsonResponse } from '../http/response.ts';
import type { Route } from '../http/router.ts';
import { jobSummary as summarySchema } from '../openapi/components.ts';
import { jobSummary } from './view.ts';

/** The caller's jobs, newest first. */
export const jobsList = ({ table }: Pick<Gateway, 'table'>): Route => ({
  method: 'GET',
  path: '/jobs',
  describe: {
    tag: 'Jobs',
    summary: 'Your jobs, newest first',
    query: z.object({
      status: z.enum(jobStates).optional(),
      limit: z.int().min(1).max(100).default(20),
      cursor: z.string().optional().meta({ description: 'The `cursor` of the page before' }),
    }),
    answers: {
      200: {
        description: 'One page',
        content: {
          'application/json': z.object({
            jobs: z.array(summarySchema),
            cursor: z.string().optional().meta({ description: 'Where the next page begins; none on the last one' }),
          }),
        },
      },
    },
  },
  handle: async (request) => {
    const caller = request.caller();
    const state = readState(request.query['status']);
    const limit = readLimit(request.query['limit']);
    const list = [caller, state ?? ''];
    const cursor = request.query['cursor'];
    const before = cursor === undefined ? undefined : decodeCursor(cursor, list);
    const { jobs, next } = await listJobs(table, { caller, state, before, limit });
    return jsonResponse(200, {
      jobs: jobs.map(jobSummary),
      cursor: next === undefined ? undefined : encodeCursor(next, list),
    });
  },
});

/**
 * Reads the state that a list is limited to.
 *
 * @throws {ProblemError} 400 if there is no such state
 */
export const readState = (status: string | undefined): JobState | undefined => {
  const state = jobStates.find((name) => name === status);
  if (status !== undefined && state === undefined) {
    throw invalidParameter('status', `is not one of ${jobStates.join(', ')}`);
  }
  return state;
};
