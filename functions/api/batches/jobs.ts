import * as z from 'zod';
import { lineJobSchema, lineJobs } from '#shared/batches/batch-jobs.ts';
import type { ApiContext } from '../context.ts';
import { decodeCursor, encodeCursor, jobsQuery, nextCursor, readLimit, readStates } from '../http/pagination.ts';
import { jsonResponse } from '../http/response.ts';
import type { Route } from '../http/router.ts';
import { jobSummary, summaryAttributes, viewJobSummary } from '../jobs/view.ts';
import { findBatch } from './get.ts';
import { describeBatchCall } from './view.ts';

// A search for a rare state in a large batch returns after this many lines, even with an empty page.
const maxLinesSearched = 2_000;

const listedJob = lineJobSchema.pick({ ...summaryAttributes, lineId: true });

const batchJob = jobSummary.extend({ line: z.int(), id: z.string().optional() }).meta({ id: 'BatchJob' });

const batchJobsPage = z.object({ jobs: z.array(batchJob), cursor: nextCursor });

/** The jobs of a batch in the order of its lines; lines that are no jobs are in the report only. */
export const jobsRoute = ({ table }: Pick<ApiContext, 'table'>): Route => ({
  method: 'GET',
  path: '/batches/{batchId}/jobs',
  describe: {
    ...describeBatchCall('The jobs of a batch, in the order of its lines', {
      200: {
        description: 'One page; it may be empty though others follow',
        content: { 'application/json': batchJobsPage },
      },
    }),
    query: z.object(jobsQuery),
  },
  handle: async (request) => {
    const { batchId, lines = 0 } = await findBatch({ table }, request);
    const states = readStates(request.query['status']);
    const limit = readLimit(request.query['limit']);
    const list = [batchId, ...(states ?? [])];
    const cursor = request.query['cursor'];
    const start = cursor === undefined ? 0 : Number(decodeCursor(cursor, list));
    const jobs: z.output<typeof batchJob>[] = [];
    let seen = start;
    const searched = { first: start + 1, last: Math.min(lines, start + maxLinesSearched) };
    for await (const { first, last, jobs: found } of lineJobs(table, batchId, searched, listedJob)) {
      for (let line = first; line <= last && jobs.length < limit; line += 1) {
        seen = line;
        const job = found.get(line);
        if (job === undefined || states?.includes(job.state) === false) continue;
        jobs.push({ line, id: job.lineId, ...viewJobSummary(job) });
      }
      if (jobs.length === limit) break;
    }
    const page: z.output<typeof batchJobsPage> = {
      jobs,
      cursor: seen < lines ? encodeCursor(String(seen), list) : undefined,
    };
    return jsonResponse(200, page);
  },
});
