import type { Readable } from 'node:stream';
import type { DurableContext, RetryDecision } from '@aws/durable-execution-sdk-js';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { operationOf } from '#shared/adobe/services/registry.ts';
import { GatewayError } from '#shared/errors.ts';
import { type Job, type JobOutput, requestOf, type Turn } from '#shared/jobs/job.ts';
import { readRequest } from '#shared/jobs/request-store.ts';
import { explainNoAnswer } from '#shared/webhooks/public-request.ts';
import { findUrlProblem } from '#shared/webhooks/webhook-url.ts';
import type { GenerateContext } from './context.ts';
import { writeToStorage } from './destination-storage.ts';
import { holdStoring, readTurnJob } from './turn.ts';

const deliveryTimeoutMs = 8 * 60_000;
const maxUrlLength = 8_192;
const maxWarnings = 20;

/** Whether requests of a job's operation can name places of the caller's for its outputs. */
export const mayDeliver = (job: Pick<Job, 'operation'>): boolean => operationOf(job).destinations?.read !== undefined;

/**
 * Writes stored outputs to the places that the caller's request names, last of all: Adobe never sees these URLs, and no step, record
 * or log holds one. An output that cannot be written there is a warning, as the gateway's own copy is safe.
 *
 * @returns what the caller should know
 */
export const deliverOutputs = async (
  durable: DurableContext,
  context: GenerateContext,
  turn: Turn,
  outputs: readonly JobOutput[],
): Promise<string[]> => {
  const placed = outputs.map((output, position) => ({ output, index: output.index ?? position }));
  const wanted = await durable.step('find destinations', async () => {
    const urls = await readDestinations(context, turn);
    return placed.map(({ index }) => index).filter((index) => urls[index] !== undefined);
  });
  const warnings: string[] = [];
  for (const { output, index } of placed.filter((each) => wanted.includes(each.index))) {
    const problem = await tryDeliver(durable, context, turn, output, index);
    if (problem !== undefined) {
      warnings.push(`Output ${index} could not be written to its destination. ${problem} The gateway's copy is safe.`);
    }
  }
  const more = warnings.length - maxWarnings;
  return more > 0 ? [...warnings.slice(0, maxWarnings), `So it is with ${more} more outputs.`] : warnings;
};

/** The caller's URLs by their places in Adobe's list; none if the request is gone, or the turn is over. */
const readDestinations = async (context: GenerateContext, turn: Turn): Promise<(string | undefined)[]> => {
  const job = await readTurnJob(context, turn);
  const stored = job && (await readRequest(context.table, job));
  if (job === undefined || stored === undefined) return [];
  return operationOf(job).destinations?.read?.(requestOf(stored), job.result ?? {}) ?? [];
};

const tryDeliver = async (
  durable: DurableContext,
  context: GenerateContext,
  turn: Turn,
  output: JobOutput,
  index: number,
): Promise<string | undefined> => {
  try {
    const deliver = async () => {
      if ((await holdStoring(context, turn)) === undefined) return undefined;
      const url = (await readDestinations(context, turn))[index];
      return url === undefined ? undefined : deliverOutput(context, output, url);
    };
    return await durable.step(`deliver output ${index}`, deliver, { retryStrategy });
  } catch (error) {
    return error instanceof Error ? error.message : 'It broke off.';
  }
};

/** The destination does not answer, or not now. */
class DeliveryError extends GatewayError {
  constructor(message: string) {
    super('output_not_delivered', message);
  }
}

// A caller waits for the end of the job meanwhile.
const deliveryAttempts = 3;

const retryStrategy = (_: Error, attempt: number): RetryDecision =>
  attempt >= deliveryAttempts ? { shouldRetry: false } : { shouldRetry: true, delay: { seconds: attempt } };

/**
 * Writes one stored output to a URL in one request, as Adobe would, and with nothing of the gateway's own credentials.
 *
 * @returns why that cannot succeed; undefined if it has
 * @throws {DeliveryError} if it may the next time
 */
const deliverOutput = async (
  { s3, publicRequests }: GenerateContext,
  { bucket, key, bytes, contentType }: JobOutput,
  url: string,
): Promise<string | undefined> => {
  const problem = findUrlProblem(url, publicRequests, maxUrlLength);
  if (problem !== undefined) return `The URL ${problem}.`;
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  const body = Body as Readable;
  try {
    const signal = AbortSignal.timeout(deliveryTimeoutMs);
    const status = await writeToStorage(new URL(url), body, { bytes, contentType }, { ...publicRequests, signal });
    if (status >= 200 && status < 300) return undefined;
    if (status >= 500 || status === 408 || status === 429)
      throw new DeliveryError(`It answers with HTTP status ${status}.`);
    return `It answers with HTTP status ${status}.`;
  } catch (error) {
    throw error instanceof DeliveryError ? error : new DeliveryError(explainNoAnswer(error));
  } finally {
    body.destroy();
  }
};
