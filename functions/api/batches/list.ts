import * as z from 'zod';
import { listBatches } from '#shared/batches/batch-list.ts';
import type { ApiContext } from '../context.ts';
import { decodeCursor, encodeCursor, pageQuery, readLimit } from '../http/pagination.ts';
import { jsonResponse } from '../http/problem.ts';
import type { Route } from '../http/router.ts';
import { batchesPage, viewBatch } from './view.ts';

// Tells its cursors from those of other lists.
const list = ['batches'];

/** The caller's batches, newest first. */
export const listRoute = ({ table }: Pick<ApiContext, 'table'>): Route => ({
  method: 'GET',
  path: '/batches',
  describe: {
    tag: 'Batches',
    summary: 'Your batches, newest first',
    query: () => z.object(pageQuery()),
    answers: {
      200: {
        description: 'One page; it may hold fewer batches than the limit though others follow',
        content: { 'application/json': batchesPage },
      },
    },
    errors: [400],
  },
  handle: async (request) => {
    const limit = readLimit(request.query['limit']);
    const cursor = request.query['cursor'];
    const before = cursor === undefined ? undefined : decodeCursor(cursor, list);
    const { batches, next } = await listBatches(table, { caller: request.caller(), before, limit });
    const page: z.output<ReturnType<typeof batchesPage>> = {
      batches: batches.map((batch) => viewBatch(batch, request)),
      cursor: next === undefined ? undefined : encodeCursor(next, list),
    };
    return jsonResponse(200, page);
  },
});
