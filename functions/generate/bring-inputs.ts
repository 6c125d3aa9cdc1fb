import type { DurableContext } from '@aws/durable-execution-sdk-js';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { type UploadOutcome, uploadImage } from '#shared/adobe/firefly/storage-image.ts';
import { InputError } from '#shared/inputs/input-error.ts';
import { type InspectedInput, inspectInput } from '#shared/inputs/inspect.ts';
import { locateInput } from '#shared/inputs/locate.ts';
import { gatewaySourcesIn } from '#shared/inputs/sources.ts';
import { claimUpload, findUploadId, releaseUpload, rememberUpload } from '#shared/inputs/upload-ids.ts';
import type { Job, JobError, Turn } from '#shared/jobs/job.ts';
import { getJob } from '#shared/jobs/job-store.ts';
import { releasePermit } from '#shared/jobs/quota.ts';
import { endJob } from '#shared/jobs/transitions.ts';
import { metricNames } from '#shared/metrics.ts';
import { giveBack, type Submitted } from './give-back.ts';
import type { Parts } from './parts.ts';
import { secondsUntil } from './submit-time.ts';

/** Ids of uploads by the URL that the caller wrote. */
export type Uploads = Record<string, string>;

/** The inputs are at Adobe and the submit is due in so many seconds; or the turn has ended without one. */
type Brought = { kind: 'ready'; uploads: Uploads; waitSeconds: number } | { kind: 'ended'; turn: Submitted };

// Two minutes and more: whoever holds the lease for an upload has died by then, and Adobe's storage is back or down for long.
const longestWaits = 40;

/**
 * Brings the inputs that lie in S3 to Adobe's storage, each object once for all jobs, before the turn waits for its submit
 * time. If that takes too long the fence gives the turn up, and the next one finds the uploads there.
 */
export const bringInputs = async (context: DurableContext, parts: Parts, turn: Turn): Promise<Brought> => {
  for (let waits = 0; ; waits += 1) {
    const isLast = waits >= longestWaits;
    const brought = await context.step('bring inputs', () => tryToBring(parts, turn, isLast));
    if (brought.kind !== 'wait') return brought;
    await context.wait('inputs', { seconds: brought.seconds });
  }
};

const tryToBring = async (
  parts: Parts,
  turn: Turn,
  isLast: boolean,
): Promise<Brought | { kind: 'wait'; seconds: number }> => {
  const job = await getJob(parts.table, turn.jobId);
  if (job?.state !== 'scheduled' || job.turn !== turn.turn) return { kind: 'ended', turn: { kind: 'over' } };
  const { s3, table, buckets, maxBytes } = parts.inputs;
  const uploads: Uploads = {};
  try {
    for (const { url, source } of gatewaySourcesIn(JSON.parse(job.request))) {
      if (Object.hasOwn(uploads, url)) continue;
      const input = await inspectInput(s3, await locateInput(table, buckets, job.caller, source), maxBytes);
      const upload = await uploadOnce(parts, input);
      if (upload.kind === 'uploaded') uploads[url] = upload.uploadId;
      else if (upload.kind === 'refused') return await fail(parts, job, upload.error);
      else if (isLast) return await giveUp(parts, job);
      else return { kind: 'wait', seconds: upload.seconds };
    }
    return { kind: 'ready', uploads, waitSeconds: secondsUntil(job.submitAt ?? 0, table.clock) };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return fail(parts, job, { code: `input_${error.problem}`, message: `An input cannot be used: ${error.message}.` });
  }
};

type OneUpload =
  | { kind: 'uploaded'; uploadId: string }
  | { kind: 'refused'; error: JobError }
  | { kind: 'wait'; seconds: number };

/** Uses the upload that is there, or makes it, unless another job is just doing so. */
const uploadOnce = async (parts: Parts, input: InspectedInput): Promise<OneUpload> => {
  const { table } = parts;
  const known = await findUploadId(table, input);
  if (known !== undefined) return { kind: 'uploaded', uploadId: known };
  if (!(await claimUpload(table, input))) {
    const made = await findUploadId(table, input);
    return made === undefined ? { kind: 'wait', seconds: 3 } : { kind: 'uploaded', uploadId: made };
  }
  const outcome = await upload(parts, input);
  if (outcome.kind === 'uploaded') {
    await rememberUpload(table, input, outcome.uploadId);
    return outcome;
  }
  await releaseUpload(table, input);
  if (outcome.kind === 'refused') {
    const { code, message, status } = outcome.error;
    return { kind: 'refused', error: { code, message, upstreamStatus: status } };
  }
  const retryAfterMs = outcome.kind === 'no_word' ? (outcome.retryAfterMs ?? 3_000) : 3_000;
  return { kind: 'wait', seconds: Math.min(60, Math.max(1, Math.ceil(retryAfterMs / 1000))) };
};

const upload = async (
  { tokens, inputs, fireflyUrl, table, log }: Parts,
  input: InspectedInput,
): Promise<UploadOutcome> => {
  const { Body } = await inputs.s3.send(
    // What was inspected is what is sent, even if the object has been replaced since.
    new GetObjectCommand({ Bucket: input.bucket, Key: input.key, IfMatch: input.etag }),
  );
  const image = new Uint8Array((await Body?.transformToByteArray()) ?? []);
  const options = { baseUrl: fireflyUrl, image, contentType: input.contentType };
  try {
    const token = await tokens.get();
    const outcome = await uploadImage(options, token, table.clock.now);
    if (outcome.kind !== 'token_refused') return outcome;
    return await uploadImage(options, await tokens.refused(token.versionId), table.clock.now);
  } catch (error) {
    log.error('An input could not be brought to Adobe.', { error: error instanceof Error ? error.name : 'unknown' });
    return { kind: 'no_word' };
  }
};

/** The request can never be sent: the job ends before it costs anything, and its permit can serve another. */
const fail = async (parts: Parts, job: Job, error: JobError): Promise<Brought> => {
  const ended = await endJob(parts.table, job, ['scheduled'], { to: 'failed', error });
  if (ended !== undefined) {
    parts.recordMetric(metricNames.jobsFailed, 1);
    if (job.permit !== undefined && job.submitAt !== undefined) {
      await releasePermit(parts.table, parts.limits, job.permit, job.submitAt);
    }
  }
  return { kind: 'ended', turn: { kind: 'over' } };
};

const giveUp = async (parts: Parts, job: Job): Promise<Brought> => ({
  kind: 'ended',
  turn: await giveBack(parts, job, { sent: false, dispatchNow: false }),
});
