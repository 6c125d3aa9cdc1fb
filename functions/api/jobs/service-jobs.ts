import { JobListQueryError, type ServiceJobList } from '#shared/adobe/services/job-list.ts';
import type { AdobeService } from '#shared/adobe/services/service.ts';
import { type JobState, jobSchema, jobStates } from '#shared/jobs/job.ts';
import { listJobs } from '#shared/jobs/job-list.ts';
import { once } from '#shared/once.ts';
import type { ApiContext } from '../context.ts';
import { decodeCursor, encodeCursor } from '../http/pagination.ts';
import { jsonResponse, ProblemError } from '../http/problem.ts';
import type { ApiRequest } from '../http/request.ts';
import type { Route } from '../http/router.ts';
import { buildJobLinks, toPhase } from './present-job.ts';

const listed = once(() =>
  jobSchema().pick({
    jobId: true,
    operation: true,
    state: true,
    cost: true,
    createdAt: true,
    finishedAt: true,
  }),
);

/** A service's lists of jobs, of which each caller gets its own. */
export const serviceJobRoutes = (context: Pick<ApiContext, 'table'>, service: AdobeService): Route[] =>
  (service.jobLists ?? []).map((list) => serviceJobRoute(context, service, list));

const serviceJobRoute = (
  { table }: Pick<ApiContext, 'table'>,
  { title }: AdobeService,
  list: ServiceJobList,
): Route => ({
  method: 'GET',
  path: list.path,
  describe: {
    tag: title,
    summary: list.title,
    query: list.query,
    answers: { 200: { description: 'A page, newest first', content: { 'application/json': list.body } } },
    errors: [400],
  },
  handle: async (request) => {
    const caller = request.caller();
    const query = readQuery(list, request, table.clock.now());
    const identity = [caller, list.path, request.query['filter'] ?? '', request.query['status'] ?? ''];
    const { phases, from, to } = query;
    const { jobs, next } = await listJobs(
      table,
      {
        caller,
        operation: list.operation,
        states: phases && statesOf((state) => phases.includes(toPhase(state))),
        // Behind the last job of that moment.
        to: to && `${to}~`,
        after: query.cursor === undefined ? undefined : decodeCursor(query.cursor, identity),
        limit: query.limit,
      },
      listed(),
    );
    const recent = jobs.filter(({ createdAt }) => createdAt >= from);
    const isLast = next === undefined || next < from;
    const presented = recent.map((job) => ({
      ...job,
      requested: job.cost?.outputs,
      phase: toPhase(job.state),
      links: buildJobLinks(request, job),
    }));
    return jsonResponse(
      200,
      list.present(presented, isLast ? undefined : nextUrl(request, list, encodeCursor(next, identity))),
    );
  },
});

const statesOf = (isWanted: (state: JobState) => boolean): JobState[] => jobStates.filter(isWanted);

const readQuery = (list: ServiceJobList, { query }: ApiRequest, nowMs: number) => {
  try {
    return list.readQuery(query, nowMs);
  } catch (error) {
    if (error instanceof JobListQueryError) throw new ProblemError(400, error.code, error.message);
    throw error;
  }
};

const nextUrl = ({ baseUrl, query }: ApiRequest, { path, query: known }: ServiceJobList, cursor: string): string => {
  const url = new URL(`${baseUrl}${path}`);
  for (const name of Object.keys(known().shape)) {
    const value = name === 'cursor' ? cursor : query[name];
    if (value !== undefined) url.searchParams.set(name, value);
  }
  return url.href;
};
