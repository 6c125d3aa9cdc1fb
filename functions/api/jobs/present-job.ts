import * as z from 'zod';
import type { JobPhase } from '#shared/adobe/services/job-progress.ts';
import type { JobLinks } from '#shared/adobe/services/operation.ts';
import { maxInlineBytes, type PresentedFile } from '#shared/adobe/services/outputs.ts';
import { getCancelPath, getStatusPath, operationOf } from '#shared/adobe/services/registry.ts';
import type { PresentedJob } from '#shared/adobe/services/service.ts';
import type { ObjectStore } from '#shared/aws/object-store.ts';
import { manifestKey } from '#shared/deployment/bucket.ts';
import { hasOutputs, type Job, type JobOutput, type JobState, jobSchema } from '#shared/jobs/job.ts';
import { once } from '#shared/once.ts';

import type { ApiRequest } from '../http/request.ts';

/** The gateway's own cancel call, for jobs of services that have none. */
export const ownCancelPath = '/jobs/{jobId}/cancel';

/** Where a caller follows and cancels a job, by the paths of its service: always at the gateway, never at Adobe. */
export const buildJobLinks = (
  { baseUrl }: Pick<ApiRequest, 'baseUrl'>,
  job: Pick<Job, 'jobId' | 'operation'>,
): JobLinks => {
  const operation = operationOf(job);
  const toUrl = (path: string) => `${baseUrl}${path.replace('{jobId}', job.jobId)}`;
  return { statusUrl: toUrl(getStatusPath(operation)), cancelUrl: toUrl(getCancelPath(operation) ?? ownCancelPath) };
};

const phases: Record<JobState, JobPhase> = {
  queued: 'pending',
  scheduled: 'pending',
  submitting: 'pending',
  running: 'running',
  storing: 'running',
  succeeded: 'succeeded',
  partially_succeeded: 'partially_succeeded',
  failed: 'failed',
  cancelled: 'cancelled',
  timed_out: 'timed_out',
};

/** What callers of a service see of a state. */
export const toPhase = (state: JobState): JobPhase => phases[state];

/** What presenting a job reads: signed URLs, and objects that stand in its body. */
export type PresentedObjects = Pick<ObjectStore, 'bucket' | 'presignGet' | 'read'>;

/** A job as the bodies of its service show it, with freshly signed URLs of its outputs. */
export const presentJob = async (
  objects: PresentedObjects,
  job: Job,
  request: Pick<ApiRequest, 'baseUrl' | 'query'>,
): Promise<PresentedJob> => {
  const { jobId, state, error, errors, createdAt, updatedAt } = job;
  return {
    jobId,
    phase: toPhase(state),
    result: hasOutputs(state) ? await presentResult(objects, job) : undefined,
    error,
    errors,
    createdAt,
    updatedAt,
    links: buildJobLinks(request, job),
    query: request.query,
  };
};

const presentResult = async (objects: PresentedObjects, job: Job): Promise<Record<string, unknown>> => {
  const outcome = await readOutcome(objects, job);
  const whole = await presentOutcome(objects, job, outcome);
  if (fitsAnswer(whole)) return whole;
  // The record says that there is more, and where.
  const recorded = outcome === job ? whole : await presentOutcome(objects, job, job);
  return fitsAnswer(recorded) ? recorded : presentOutcome(objects, job, job, 0);
};

/** Measured as Lambda returns it: a body that is a text, in which what is escaped is escaped again. */
const fitsAnswer = (result: Record<string, unknown>): boolean =>
  Buffer.byteLength(JSON.stringify(JSON.stringify(result))) <= maxResultBytes;

const presentOutcome = async (
  objects: PresentedObjects,
  job: Pick<Job, 'operation'>,
  { result = {}, outputs = [], errors = [] }: Outcome,
  inlineBytes = maxInlineTotal,
): Promise<Record<string, unknown>> =>
  operationOf(job).result.present(result, await presentFiles(objects, outputs, inlineBytes), errors);

type Outcome = Pick<Job, 'result' | 'errors' | 'outputs'>;

/** Outputs, errors and result of a job: from job.json where its record holds only their beginning. */
export const readOutcome = async (objects: Pick<ObjectStore, 'bucket' | 'read'>, job: Job): Promise<Outcome> => {
  if (job.isAbridged !== true) return job;
  const { bucket } = objects;
  const text = await objects.read({ bucket, key: manifestKey(job) }, maxManifestBytes);
  const manifest = text && manifestSchema().safeParse(JSON.parse(new TextDecoder().decode(text))).data;
  if (manifest === undefined) return job;
  return { ...manifest, outputs: manifest.outputs.map((output) => ({ ...output, bucket })) };
};

const maxManifestBytes = 16 * 1024 * 1024;

const manifestSchema = once(() =>
  z.object({
    ...jobSchema().pick({ result: true, errors: true }).shape,
    outputs: z.array(jobSchema().shape.outputs.unwrap().element.omit({ bucket: true })),
  }),
);

// Lambda returns no more than 6 MB; a service's status has more than the result.
const maxResultBytes = 5 * 1024 * 1024;
const maxInlineTotal = 1024 * 1024;

/** @param inlineBytes how much may stand in the body in place of its URL */
const presentFiles = (
  objects: PresentedObjects,
  outputs: readonly JobOutput[],
  inlineBytes: number,
): Promise<PresentedFile[]> => {
  let left = inlineBytes;
  return Promise.all(
    outputs.map(async (output, position) => {
      const { index = position, seed, fields, bytes, isEmbedded } = output;
      const isInline = isEmbedded === true && bytes <= Math.min(maxInlineBytes, left);
      if (isInline) left -= bytes;
      const [url, content] = await Promise.all([
        objects.presignGet(output),
        isInline ? objects.read(output, maxInlineBytes) : undefined,
      ]);
      return { index, url, content, seed, fields };
    }),
  );
};
