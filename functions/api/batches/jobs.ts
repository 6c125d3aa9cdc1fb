import * as z from 'zod';
import { linesAtOnce, readLineJobs } from '#shared/batches/batch-jobs.ts';
import { type Job, jobStates } from '#shared/jobs/job.ts';
import type { Gateway } from '../context.ts';
import { decodeCursor, encodeCursor, readLimit } from '../http/pagination.ts';
import { jsonResponse } from '../http/response.ts';
import type { Route } from '../http/router.ts';
import { readState } from '../jobs/list.ts';
import { jobSummary } from '../jobs/view.ts';
import { findBatch } from './find-batch.ts';
import { batchJobsPage, onBatch } from './view.ts';

// A rare state in a large batch is searched for in so many lines before a page is given out, be it empty.
const linesInPage = 2_000;

const attributes = [
  'jobId',
  'state',
  'operation',
  'modelVersion',
  'priority',
  'createdAt',
  'updatedAt',
  'finishedAt',
  'outputs',
  'error',
  'lineId',
] as const;

/** The jobs of a batch in the order of its lines; lines that are no jobs are in the report only. */
export const batchJobs = (gateway: Pick<Gateway, 'table'>): Route => ({
  method: 'GET',
  path: '/batches/{batchId}/jobs',
  describe: {
    ...onBatch('The jobs of a batch, in the order of its lines', {
      200: {
        description: 'One page; it may be empty though others follow',
        content: { 'application/json': batchJobsPage },
      },
    }),
    query: z.object({
      status: z.enum(jobStates).optional(),
      limit: z.int().min(1).max(100).default(20),
      cursor: z.string().optional().meta({ description: 'The `cursor` of the page before' }),
    }),
  },
  handle: async (request) => {
    const { batchId, lines = 0 } = await findBatch(gateway, request);
    const state = readState(request.query['status']);
    const limit = readLimit(request.query['limit']);
    const list = [batchId, state ?? ''];
    const cursor = request.query['cursor'];
    const start = cursor === undefined ? 0 : Number(decodeCursor(cursor, list));
    const jobs: Record<string, unknown>[] = [];
    let seen = start;
    while (seen < lines && seen - start < linesInPage && jobs.length < limit) {
      const last = Math.min(lines, seen + linesAtOnce);
      const found = await readLineJobs(gateway.table, batchId, { first: seen + 1, last }, attributes);
      for (let line = seen + 1; line <= last && jobs.length < limit; line += 1) {
        seen = line;
        const job = found.get(line) as Job | undefined;
        if (job === undefined || (state !== undefined && job.state !== state)) continue;
        jobs.push({ line, id: job.lineId, ...jobSummary(job) });
      }
    }
    return jsonResponse(200, { jobs, cursor: seen < lines ? encodeCursor(String(seen), list) : undefined });
  },
});
