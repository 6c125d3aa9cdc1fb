import { jobSummary } from '#shared/http/job-record.ts';
import { decodeCursor, encodeCursor, invalidParameter, readLimit } from '#shared/http/pagination.ts';
import { jsonResponse } from '#shared/http/response.ts';
import { type JobState, jobStates } from '#shared/jobs/job.ts';
import { listJobs } from '#shared/jobs/job-store.ts';
import type { Gateway } from './gateway.ts';
import type { Route } from './router.ts';

/** The caller's jobs, newest first. */
export const jobsList = ({ table }: Pick<Gateway, 'table'>): Route => ({
  method: 'GET',
  path: '/jobs',
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

const readState = (status: string | undefined): JobState | undefined => {
  const state = jobStates.find((name) => name === status);
  if (status !== undefined && state === undefined) {
    throw invalidParameter('status', `is not one of ${jobStates.join(', ')}`);
  }
  return state;
};
