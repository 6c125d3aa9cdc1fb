import type { DurableContext } from '@aws/durable-execution-sdk-js';
import { operationOf, serviceOf } from '#shared/adobe/services/registry.ts';
import { findExpiringUrls, isExpired, listExpired } from '#shared/inputs/expiring-urls.ts';
import { getInputLimits, inspectInput, readObject } from '#shared/inputs/inspect.ts';
import { InputError, type InputLocation, locateInput } from '#shared/inputs/locate.ts';
import { findGatewaySources, maxGatewaySources, tooManySources } from '#shared/inputs/sources.ts';
import type { UploadIdentity } from '#shared/inputs/upload-ids.ts';
import {
  findWebSources,
  maxWebSources,
  openWebSource,
  readWebInput,
  tooManyWebSources,
  type WebSource,
} from '#shared/inputs/web-sources.ts';
import { type Job, type JobError, requestOf, type Turn } from '#shared/jobs/job.ts';
import { readRequest } from '#shared/jobs/request-store.ts';
import type { GenerateContext } from './context.ts';
import { secondsUntilWake } from './submit-time.ts';
import { endUnsent, readTurnJob, requeueTurn, type TurnOver } from './turn.ts';
import { type OneUpload, uploadOnce } from './upload-once.ts';

/** A request's inputs as its service can read them, each by the URL that the caller wrote or the id of its web source. */
export interface PreparedInputs {
  /** Ids of uploads in Adobe's storage; a web source goes by its id, as its URL is a secret. */
  uploads: Record<string, string>;
  /** Those of the uploads that were made for an earlier job. */
  reused: UploadIdentity[];
  /** Objects of which the service is given a presigned URL; that is made when the request is sent, and never stored. */
  objects: Record<string, InputLocation>;
}

/** Of a request that names nothing in S3. */
export const noInputs: PreparedInputs = { uploads: {}, reused: [], objects: {} };

/** The inputs are ready and the submit is due in so many seconds; or the turn has ended without one. */
export type Prepared =
  | { kind: 'ready'; inputs: PreparedInputs; waitSeconds: number }
  | { kind: 'ended'; turn: TurnOver };

// Two minutes and more: a function that held the lease for an upload has died by then, and Adobe's storage is back or down for long.
const maxWaits = 40;
const webRetrySeconds = 3;

/**
 * Makes the inputs that are in S3 readable for the service before the turn waits for its submit time, and ends a job whose
 * presigned URLs will be dead by then. Uploads are made once for all jobs. If that takes too long the fence gives the turn up, and
 * the next one finds the uploads there.
 */
export const prepareInputs = async (
  durable: DurableContext,
  context: GenerateContext,
  turn: Turn,
): Promise<Prepared> => {
  for (let waits = 0; ; waits += 1) {
    const isLast = waits >= maxWaits;
    const prepared = await durable.step('prepare inputs', () => tryPrepare(context, turn, isLast));
    if (prepared.kind !== 'wait') return prepared;
    await durable.wait('inputs', { seconds: prepared.seconds });
  }
};

const tryPrepare = async (
  context: GenerateContext,
  turn: Turn,
  isLast: boolean,
): Promise<Prepared | { kind: 'wait'; seconds: number }> => {
  const job = await readTurnJob(context, turn);
  if (job?.state !== 'scheduled') return { kind: 'ended', turn: { kind: 'over' } };
  const { s3, table, buckets, inputMaxBytes } = context;
  const stored = await readRequest(table, job);
  if (stored === undefined) return { kind: 'ended', turn: { kind: 'over' } };
  const operation = operationOf(job);
  const { inputs: way } = serviceOf(operation);
  const limits = getInputLimits(operation, inputMaxBytes);
  const inputs: PreparedInputs = { uploads: {}, reused: [], objects: {} };
  const request = requestOf(stored);
  try {
    requireUnexpired(request, Math.max(job.submitAt ?? 0, table.clock.now()));
    const sources = findGatewaySources(request);
    if (sources.length > maxGatewaySources) throw new InputError('too_many', tooManySources);
    for (const { url, source, path } of sources) {
      if (Object.hasOwn(inputs.uploads, url) || Object.hasOwn(inputs.objects, url)) continue;
      const location = await locateInput(table, buckets, job.caller, source);
      const input = await inspectInput(s3, location, limits, path);
      if (way === 'presigned-get') {
        inputs.objects[url] = location;
        continue;
      }
      const upload = await uploadOnce(context, input, () => readObject(s3, input), job);
      const hindrance = await takeUpload(context, job, inputs, url, upload, isLast);
      if (hindrance !== undefined) return hindrance;
    }
    if (way === 'adobe-upload') {
      const hindrance = await bringWebSources(context, job, inputs, findWebSources(request), isLast);
      if (hindrance !== undefined) return hindrance;
    }
    return { kind: 'ready', inputs, waitSeconds: secondsUntilWake(context, job) };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const message = `An input cannot be used: ${error.message}.`;
    return fail(context, job, { code: `input_${error.problem}`, message });
  }
};

type Hindrance = Prepared | { kind: 'wait'; seconds: number };

/** Keeps the id of an upload; what keeps the turn from going on otherwise. */
const takeUpload = async (
  context: GenerateContext,
  job: Job,
  inputs: PreparedInputs,
  name: string,
  upload: OneUpload,
  isLast: boolean,
): Promise<Hindrance | undefined> => {
  if (upload.kind === 'refused') return fail(context, job, upload.error);
  if (upload.kind !== 'uploaded') {
    if (upload.kind === 'locked_out') return giveUp(context, job, undefined);
    if (isLast) return giveUp(context, job, notUploaded);
    return { kind: 'wait', seconds: upload.seconds };
  }
  inputs.uploads[name] = upload.uploadId;
  if (upload.reused) inputs.reused.push(upload.identity);
  return undefined;
};

/** Brings the images that Adobe cannot reach by their URLs to its storage. */
const bringWebSources = async (
  context: GenerateContext,
  job: Job,
  inputs: PreparedInputs,
  sources: readonly WebSource[],
  isLast: boolean,
): Promise<Hindrance | undefined> => {
  if (sources.length > maxWebSources) throw new InputError('too_many', tooManyWebSources);
  const limits = getInputLimits(operationOf(job), context.inputMaxBytes);
  for (const source of sources) {
    const input = await openWebSource(source, context.openWebInput);
    if (input === undefined) {
      if (isLast) throw new InputError('not_found', 'Google Cloud Storage does not answer');
      return { kind: 'wait', seconds: webRetrySeconds };
    }
    try {
      const read = () => readWebInput(input, limits);
      const upload = await uploadOnce(context, input.identity, read, job);
      const hindrance = await takeUpload(context, job, inputs, source.id, upload, isLast);
      if (hindrance !== undefined) return hindrance;
    } finally {
      input.download.stream.destroy();
    }
  }
  return undefined;
};

/** @throws {InputError} naming each presigned URL that has died while the job was waiting, or will have by its submit time */
const requireUnexpired = (request: Record<string, unknown>, submitAtMs: number): void => {
  const expired = findExpiringUrls(request).filter((url) => isExpired(url, submitAtMs));
  if (expired.length > 0) throw new InputError('expired', listExpired(expired));
};

const fail = async (context: GenerateContext, job: Job, error: JobError): Promise<Prepared> => ({
  kind: 'ended',
  turn: await endUnsent(context, job, error),
});

/** @param lost why the turn is lost, unless no other job's could have done better */
const giveUp = async (context: GenerateContext, job: Job, lost: JobError | undefined): Promise<Prepared> => ({
  kind: 'ended',
  turn: await requeueTurn(context, job, { sent: false, lost, dispatchNow: false }),
});

const notUploaded: JobError = {
  code: 'input_not_uploaded',
  message: "An input could not be brought to Adobe's storage.",
};
