import { isReproducible } from '#shared/adobe/services/registry.ts';
import type { Job, NewJob } from '#shared/jobs/job.ts';
import { createReusingJob } from '#shared/jobs/job-store.ts';
import { findReusable } from '#shared/jobs/reuse.ts';
import { tryPublishEnded } from '#shared/outbox/publish-ended.ts';
import type { ApiContext } from '../context.ts';

/**
 * Answers a request with the outputs of an equal one that succeeded before, if the caller takes them: no permit is spent.
 *
 * @param options.maxAgeSeconds how old they may be; undefined if the caller did not say
 * @param options.inputsChangedAt when the latest of the request's inputs in S3 was written, in epoch ms
 * @returns the job that has them, or undefined if there are none
 */
export const reuse = async (
  context: Pick<ApiContext, 'table' | 'bus' | 'log' | 'triggerDispatch' | 'objects'>,
  request: NewJob,
  { maxAgeSeconds, inputsChangedAt }: { maxAgeSeconds: number | undefined; inputsChangedAt: number | undefined },
): Promise<Job | undefined> => {
  if (maxAgeSeconds === undefined || !isReproducible(request)) return undefined;
  const earlier = await findReusable(context.table, request, maxAgeSeconds);
  // The same request, but an input has changed since; S3 has whole seconds only.
  if (earlier !== undefined && (inputsChangedAt ?? 0) + 1_000 > Date.parse(earlier.createdAt)) return undefined;
  // Objects may have been deleted by a lifecycle rule, or by hand, while the record stayed.
  const stored = await Promise.all((earlier?.outputs ?? []).map(context.objects.find));
  if (earlier === undefined || stored.length === 0 || stored.includes(undefined)) return undefined;
  const { created, job } = await createReusingJob(context.table, request, earlier);
  if (created) {
    context.log.info('reused', { jobId: job.jobId, reusedFrom: earlier.jobId });
    await tryPublishEnded(context, job);
  }
  return job;
};
