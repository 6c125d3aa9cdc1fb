import type * as z from 'zod';
import { findUrls } from '#shared/adobe/services/body-texts.ts';
import {
  documentStatusSchema,
  type LegacyJob,
  lightroomStatusSchema,
  presentDocumentStatus,
  presentLightroomStatus,
} from '#shared/adobe/services/photoshop/legacy/bodies.ts';
import { documentStatusPath, lightroomStatusPath } from '#shared/adobe/services/photoshop/legacy/ended.ts';
import { photoshop } from '#shared/adobe/services/photoshop/service.ts';
import { isFinal, type Job, requestOf } from '#shared/jobs/job.ts';
import { readRequest } from '#shared/jobs/request-store.ts';
import type { ApiContext } from '../context.ts';
import { jsonResponse } from '../http/problem.ts';
import type { Route } from '../http/router.ts';
import { findJob } from '../jobs/get.ts';
import { presentJob } from '../jobs/present-job.ts';
import { retryAfter } from '../jobs/responses.ts';
import { requireService } from '../jobs/status.ts';

type StatusContext = Pick<ApiContext, 'table' | 'objects'>;

/** The status calls of old, for the jobs of Photoshop, by whatever call they were made. */
export const legacyStatusRoutes = (context: StatusContext): Route[] => [
  // Adobe answered with 202 also when a job had ended.
  legacyStatusRoute(context, lightroomStatusPath, {
    schema: lightroomStatusSchema,
    present: presentLightroomStatus,
    statusOfEnded: 202,
  }),
  legacyStatusRoute(context, documentStatusPath, {
    schema: documentStatusSchema,
    present: presentDocumentStatus,
    statusOfEnded: 200,
  }),
];

interface LegacyStatus {
  schema(): z.ZodType;
  present(job: LegacyJob): Record<string, unknown>;
  statusOfEnded: 200 | 202;
}

const legacyStatusRoute = (context: StatusContext, path: string, legacy: LegacyStatus): Route => ({
  method: 'GET',
  path,
  describe: {
    tag: 'Photoshop',
    summary: 'Status of a job, in the shape of a call that Adobe has ended',
    answers: {
      200: { description: 'It has ended', content: { 'application/json': legacy.schema } },
      202: { description: 'Its state', content: { 'application/json': legacy.schema } },
    },
    errors: [404],
  },
  handle: async (request) => {
    const { table, objects } = context;
    const job = await findJob({ table }, request);
    requireService([photoshop], job);
    const body = legacy.present({
      job: await presentJob(objects, job, request),
      statusUrl: `${request.baseUrl}${path.replace('{jobId}', job.jobId)}`,
      input: await readInput(context, job),
    });
    return jsonResponse(isFinal(job.state) ? legacy.statusOfEnded : 202, body, retryAfter(job, table.clock.now()));
  },
});

/** The address of the first file that was read, without its query, which may be a signature; empty once the request is gone. */
const readInput = async ({ table }: StatusContext, job: Job): Promise<string> => {
  const stored = await readRequest(table, job);
  const [first] = stored === undefined ? [] : findUrls(requestOf(stored));
  return first?.text.split(/[?#]/, 1)[0] ?? '';
};
