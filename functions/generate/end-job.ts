import { PutObjectCommand } from '@aws-sdk/client-s3';
import { isReproducible } from '#shared/adobe/services/registry.ts';
import type { JobProgress } from '#shared/adobe/services/service.ts';
import { manifestKey } from '#shared/deployment/bucket.ts';
import { exactRequestOf, isFinal, type Job, type JobOutput, type JobResult, type Turn } from '#shared/jobs/job.ts';
import { rememberReusable } from '#shared/jobs/reuse.ts';
import { endJob, type JobEnd } from '#shared/jobs/transitions.ts';
import { type MetricName, metricNames } from '#shared/metrics.ts';
import type { GenerateContext } from './context.ts';
import { clearIncoming } from './output.ts';
import { publishJobEnded, readTurnJob, type TurnEnd } from './turn.ts';

const metrics: Record<JobEnd['to'], MetricName> = {
  succeeded: metricNames.jobsSucceeded,
  failed: metricNames.jobsFailed,
  cancelled: metricNames.jobsCancelled,
  timed_out: metricNames.jobsTimedOut,
};

type Unsuccessful = Exclude<JobProgress, { kind: 'running' | 'succeeded' }>;

/**
 * Ends a job that Adobe ended without a result, with Adobe's code and message, and publishes the end.
 *
 * @param progress undefined if the job has ended without this execution
 */
export const endUnsuccessful = async (
  context: GenerateContext,
  turn: Turn,
  progress: Unsuccessful | undefined,
): Promise<TurnEnd> => {
  const job = await readTurnJob(context, turn);
  if (job === undefined || progress === undefined) return publishJobEnded(context, job);
  const { kind, code, message } = progress;
  return endAndPublish(context, job, { to: kind, error: { code, message } });
};

/** Ends a job whose outputs are all stored: manifest, end, and publication, each of which can be repeated. */
export const endSucceeded = async (
  context: GenerateContext,
  turn: Turn,
  { result, outputs }: { result: JobResult; outputs: JobOutput[] },
): Promise<TurnEnd> => {
  const job = await readTurnJob(context, turn);
  if (job === undefined) return { state: 'stale' };
  if (!isFinal(job.state)) await writeManifest(context, job, result, outputs);
  const end = await endAndPublish(context, job, { to: 'succeeded', result, outputs });
  await clearIncoming(context, job, outputs.length);
  return end;
};

/** Ends a job of which an output could not be stored; those that were stay in its record. */
export const endNotStored = async (
  context: GenerateContext,
  turn: Turn,
  { message, outputs }: { message: string; outputs: JobOutput[] },
): Promise<TurnEnd> => {
  const job = await readTurnJob(context, turn);
  if (job === undefined) return { state: 'stale' };
  return endAndPublish(context, job, { to: 'failed', error: { code: 'output_not_stored', message }, outputs });
};

const endAndPublish = async (context: GenerateContext, job: Job, end: JobEnd): Promise<TurnEnd> => {
  const ended = isFinal(job.state)
    ? undefined
    : await endJob(context.table, job, end.to === 'succeeded' ? ['storing'] : ['running', 'storing'], end);
  if (ended === undefined) return publishJobEnded(context, isFinal(job.state) ? job : await readTurnJob(context, job));
  context.recordMetric(metrics[end.to], 1);
  if (end.to === 'succeeded' && isReproducible(ended)) await rememberReusable(context.table, ended);
  return publishJobEnded(context, ended);
};

/** Writes job.json beside the outputs: enough to make them again with another account, years later. */
const writeManifest = async (
  { s3, buckets }: GenerateContext,
  job: Job,
  result: JobResult,
  outputs: JobOutput[],
): Promise<void> => {
  const { jobId, operation, modelVersion, createdAt, history, upstream } = job;
  const manifest = {
    jobId,
    operation,
    modelVersion,
    request: exactRequestOf(job),
    result,
    upstream: { jobId: upstream?.jobId, acceptedAt: upstream?.acceptedAt },
    createdAt,
    states: history,
    outputs: outputs.map(({ key, sha256, bytes, contentType, seed }) => ({ key, sha256, bytes, contentType, seed })),
  };
  await s3.send(
    new PutObjectCommand({
      Bucket: buckets.own,
      Key: manifestKey(job),
      Body: `${JSON.stringify(manifest, undefined, 2)}\n`,
      ContentType: 'application/json',
    }),
  );
};
