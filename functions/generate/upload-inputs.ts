import type { DurableContext } from '@aws/durable-execution-sdk-js';
import { InputError } from '#shared/inputs/input-error.ts';
import { inspectInput } from '#shared/inputs/inspect.ts';
import { locateInput } from '#shared/inputs/locate.ts';
import { gatewaySourcesIn, mostGatewaySources, tooManySources } from '#shared/inputs/sources.ts';
import type { UploadIdentity } from '#shared/inputs/upload-ids.ts';
import { type Job, type JobError, requestOf, type Turn } from '#shared/jobs/job.ts';
import { getJob } from '#shared/jobs/job-store.ts';
import { releasePermits } from '#shared/jobs/lanes/permits.ts';
import { endJob } from '#shared/jobs/transitions.ts';
import { metricNames } from '#shared/metrics.ts';
import type { Parts } from './context.ts';
import { requeueTurn, type Submitted } from './requeue.ts';
import { secondsUntil } from './submit-time.ts';
import { uploadOnce } from './upload-once.ts';

/** A request's inputs in Adobe's storage. */
export interface UploadedInputs {
  /** Ids of uploads by the URL that the caller wrote. */
  uploads: Record<string, string>;
  /** Those that were made for an earlier job. */
  reused: UploadIdentity[];
}

/** The inputs are at Adobe and the submit is due in so many seconds; or the turn has ended without one. */
type Brought = { kind: 'ready'; inputs: UploadedInputs; waitSeconds: number } | { kind: 'ended'; turn: Submitted };

// Two minutes and more: whoever holds the lease for an upload has died by then, and Adobe's storage is back or down for long.
const longestWaits = 40;

/**
 * Brings the inputs that lie in S3 to Adobe's storage, each object once for all jobs, before the turn waits for its submit
 * time. If that takes too long the fence gives the turn up, and the next one finds the uploads there.
 */
export const uploadInputs = async (context: DurableContext, parts: Parts, turn: Turn): Promise<Brought> => {
  for (let waits = 0; ; waits += 1) {
    const isLast = waits >= longestWaits;
    const brought = await context.step('bring inputs', () => tryUpload(parts, turn, isLast));
    if (brought.kind !== 'wait') return brought;
    await context.wait('inputs', { seconds: brought.seconds });
  }
};

const tryUpload = async (
  parts: Parts,
  turn: Turn,
  isLast: boolean,
): Promise<Brought | { kind: 'wait'; seconds: number }> => {
  const job = await getJob(parts.table, turn.jobId);
  if (job?.state !== 'scheduled' || job.turn !== turn.turn) return { kind: 'ended', turn: { kind: 'over' } };
  const { s3, table, buckets, maxBytes } = parts.inputs;
  const { uploads, reused }: UploadedInputs = { uploads: {}, reused: [] };
  try {
    const sources = gatewaySourcesIn(requestOf(job));
    if (sources.length > mostGatewaySources) throw new InputError('too_many', tooManySources);
    for (const { url, source } of sources) {
      if (Object.hasOwn(uploads, url)) continue;
      const input = await inspectInput(s3, await locateInput(table, buckets, job.caller, source), maxBytes);
      const upload = await uploadOnce(parts, input);
      if (upload.kind === 'uploaded') {
        uploads[url] = upload.uploadId;
        if (upload.reused) reused.push(upload.identity);
      } else if (upload.kind === 'refused') return await fail(parts, job, upload.error);
      else if (isLast) return await giveUp(parts, job);
      else return { kind: 'wait', seconds: upload.seconds };
    }
    return { kind: 'ready', inputs: { uploads, reused }, waitSeconds: secondsUntil(job.submitAt ?? 0, table.clock) };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return fail(parts, job, { code: `input_${error.problem}`, message: `An input cannot be used: ${error.message}.` });
  }
};

/** The request can never be sent: the job ends before it costs anything, and its permit can serve another. */
const fail = async (parts: Parts, job: Job, error: JobError): Promise<Brought> => {
  const ended = await endJob(parts.table, job, ['scheduled'], { to: 'failed', error });
  if (ended !== undefined) {
    parts.recordMetric(metricNames.jobsFailed, 1);
    await releasePermits(parts.table, job);
  }
  return { kind: 'ended', turn: { kind: 'over' } };
};

const giveUp = async (parts: Parts, job: Job): Promise<Brought> => ({
  kind: 'ended',
  turn: await requeueTurn(parts, job, { sent: false, dispatchNow: false }),
});
