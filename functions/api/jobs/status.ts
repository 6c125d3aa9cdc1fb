import { operationOf, serviceOf } from '#shared/adobe/services/registry.ts';
import type { AdobeService } from '#shared/adobe/services/service.ts';
import { hasOutputs } from '#shared/jobs/job.ts';
import type { ApiContext } from '../context.ts';
import { audit } from '../http/audit.ts';
import { emptyResponse, jsonResponse } from '../http/problem.ts';
import type { Route } from '../http/router.ts';
import { cancelFoundJob } from './cancel.ts';
import { findJob } from './get.ts';
import { presentJob, retryAfter } from './responses.ts';

/** A service's status call. Reads only the table; each answer has freshly signed URLs of the outputs. */
export const statusRoute = (
  { table, objects }: Pick<ApiContext, 'table' | 'objects'>,
  { dialect, statusPath, title }: AdobeService,
): Route => ({
  method: 'GET',
  path: statusPath,
  describe: {
    tag: title,
    summary: 'Status of a job',
    answers: {
      200: {
        description: 'Its state; each answer has freshly signed URLs of the outputs',
        content: { 'application/json': dialect.statusSchema },
        headers: { 'retry-after': 'Seconds until asking again makes sense; none once the job has ended' },
      },
    },
    errors: [404],
  },
  handle: async (request) => {
    const job = await findJob({ table }, request);
    const outputs = hasOutputs(job.state) ? (job.outputs ?? []) : [];
    const urls = await Promise.all(outputs.map(objects.presignGet));
    const operation = operationOf(job);
    // The job's own service, as two may share a path.
    const body = serviceOf(operation).dialect.presentStatus(presentJob(job), urls, operation);
    return jsonResponse(200, body, retryAfter(job, table.clock.now()));
  },
});

/** A service's cancel call: a waiting job ends at once, a job at Adobe is cancelled there, an ended one is a 409. */
export const cancelRoute = (context: ApiContext, { cancelPath, title }: AdobeService): Route => ({
  method: 'PUT',
  path: cancelPath,
  describe: {
    tag: title,
    summary: 'Cancel a job',
    answers: { 200: { description: 'It has ended, or Adobe is asked to end it' } },
    errors: [404, 409],
  },
  handle: async (request) => {
    const found = await findJob(context, request);
    await cancelFoundJob(context, found, () => audit(context.log, request, 'job cancelled', { jobId: found.jobId }));
    return emptyResponse(200);
  },
});
