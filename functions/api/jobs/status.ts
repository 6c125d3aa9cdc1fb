import { operationOf, serviceOf } from '#shared/adobe/services/registry.ts';
import type { AdobeService } from '#shared/adobe/services/service.ts';
import { tryTriggerDispatch } from '#shared/aws/invoke-functions.ts';
import { hasOutputs, type Job } from '#shared/jobs/job.ts';
import { cancelJob } from '#shared/jobs/lanes/cancel.ts';
import { tryPublishEnded } from '#shared/outbox/publish-ended.ts';
import type { ApiContext } from '../context.ts';
import { audit } from '../http/audit.ts';
import { emptyResponse, jsonResponse, ProblemError } from '../http/problem.ts';
import type { Route } from '../http/router.ts';
import { findJob, unknownJob } from './get.ts';
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
    const cancellation = await cancelJob(context.table, await findJob(context, request));
    if (cancellation === undefined) throw unknownJob();
    const { outcome, job } = cancellation;
    if (outcome === 'too_late') throw tooLate(job);
    audit(context.log, request, 'job cancelled', { jobId: job.jobId });
    if (outcome === 'cancelled') {
      await tryPublishEnded(context, job);
      if (job.submitAt !== undefined) await tryTriggerDispatch(context);
    }
    return emptyResponse(200);
  },
});

const tooLate = ({ state }: Job): ProblemError => {
  switch (state) {
    case 'cancelled':
      return new ProblemError(409, 'job_already_canceled', 'The job is cancelled already.');
    case 'timed_out':
      return new ProblemError(409, 'job_timeout', 'The job has timed out.');
    case 'storing':
      return new ProblemError(409, 'job_completed', 'Adobe has finished the job; its outputs are being stored.');
    default:
      return new ProblemError(409, 'job_completed', 'The job has finished.');
  }
};
