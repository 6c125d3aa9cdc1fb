import * as z from 'zod';
import { lineJobSchema, lineJobs } from '#shared/batches/batch-jobs.ts';
import { skippedLines } from '#shared/batches/line-items.ts';
import { costAttributes, viewCost } from '#shared/jobs/stored-cost.ts';
import { once } from '#shared/once.ts';
import type { ApiContext } from '../context.ts';
import { decodeCursor, encodeCursor, pageQuery, parameterProblem, readLimit } from '../http/pagination.ts';
import { jsonResponse } from '../http/problem.ts';
import type { Route } from '../http/router.ts';
import { findKeptBatch } from './find.ts';
import { type batchLine, batchLinesPage, type LineState, lineStates } from './line-view.ts';
import { describeBatchCall } from './view.ts';

const query = once(() => ({
  status: z
    .array(z.enum(lineStates))
    .optional()
    .meta({ description: 'Lines in these states: several times, or several with commas between' }),
  ...pageQuery(),
}));

// A search for a rare state in a large batch returns after this many lines, even with an empty page.
const maxLinesSearched = 2_000;

const listedJob = once(() =>
  lineJobSchema().pick({
    jobId: true,
    lineId: true,
    row: true,
    outputs: true,
    warnings: true,
    ...costAttributes,
  }),
);

/** What has become of the lines of a batch so far, those that are no jobs among them: what the report says once it is written. */
export const linesRoute = ({ table }: Pick<ApiContext, 'table'>): Route => ({
  method: 'GET',
  path: '/batches/{batchId}/lines',
  describe: {
    ...describeBatchCall(
      'What has become of the lines of a batch so far',
      {
        200: {
          description: 'One page; it may be empty though others follow',
          content: { 'application/json': batchLinesPage },
        },
      },
      [400, 409],
    ),
    query: () => z.object(query()),
  },
  handle: async (request) => {
    const batch = await findKeptBatch({ table }, request);
    const { batchId } = batch;
    const read = batch.lines ?? batch.jobs + batch.rejected + batch.skipped;
    const states = readLineStates(request.query['status']);
    const limit = readLimit(request.query['limit']);
    const list = ['lines', batchId, ...(states ?? [])];
    const cursor = request.query['cursor'];
    const start = cursor === undefined ? 0 : Number(decodeCursor(cursor, list));
    const range = { first: start + 1, last: Math.min(read, start + maxLinesSearched) };
    const lines: z.output<ReturnType<typeof batchLine>>[] = [];
    let searchedTo = start;
    for await (const { first, last, jobs } of lineJobs(table, batchId, range, listedJob())) {
      const skipped = new Map<number, z.output<ReturnType<typeof batchLine>>>();
      for await (const { columns: _, state, ...line } of skippedLines(table, batchId, { first, last })) {
        skipped.set(line.line, { ...line, status: state, outputs: 0 });
      }
      for (let line = first; line <= last && lines.length < limit; line += 1) {
        searchedTo = line;
        const job = jobs.get(line);
        const found = job === undefined ? skipped.get(line) : viewLineJob(line, job);
        if (found !== undefined && states?.includes(found.status) !== false) lines.push(found);
      }
      if (lines.length === limit) break;
    }
    const page: z.output<ReturnType<typeof batchLinesPage>> = {
      lines,
      searchedTo,
      cursor: searchedTo < read ? encodeCursor(String(searchedTo), list) : undefined,
    };
    return jsonResponse(200, page);
  },
});

const viewLineJob = (
  line: number,
  job: z.output<ReturnType<typeof listedJob>>,
): z.output<ReturnType<typeof batchLine>> => ({
  line,
  row: job.row,
  id: job.lineId,
  status: job.state,
  jobId: job.jobId,
  outputs: job.outputs?.length ?? 0,
  cost: viewCost(job)?.actual,
  error: job.error,
  warnings: job.warnings.length === 0 ? undefined : job.warnings,
});

/** @throws {ProblemError} 400 for what is no state of a line */
const readLineStates = (status: string | undefined): LineState[] | undefined => {
  if (status === undefined) return undefined;
  const names = status.split(',').map((name) => name.trim());
  if (names.every((name) => lineStates.some((state) => state === name))) {
    return lineStates.filter((state) => names.includes(state));
  }
  throw parameterProblem('status', `names something else than ${lineStates.join(', ')}`);
};
