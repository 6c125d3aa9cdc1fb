import * as z from 'zod';
import { dispatchNow } from '#shared/aws/invoke-dispatch.ts';
import type { Batch, BatchSource } from '#shared/batches/batch.ts';
import { inputKey } from '#shared/batches/batch-files.ts';
import { batchIdOfCall, batchIdOfFile } from '#shared/batches/batch-identity.ts';
import { createBatch, getBatch } from '#shared/batches/batch-store.ts';
import { priorities } from '#shared/jobs/job.ts';
import type { Gateway } from '../context.ts';
import { ProblemError } from '../http/problem.ts';
import type { Route } from '../http/router.ts';
import { acceptedBatch } from './batch-answers.ts';
import { findSource } from './find-source.ts';
import { type BatchRequest, readBatchRequest } from './request.ts';
import { accepted, batchBodies } from './view.ts';

/** Takes many requests at once, in a body or from a file in S3; they are checked and queued later, line by line. */
export const batchCreate = (gateway: Gateway, requireCredentials: () => Promise<void>): Route => ({
  method: 'POST',
  path: '/batches',
  describe: {
    tag: 'Batches',
    summary: 'Takes many requests at once',
    description: 'Up to 4 MB in the body; a larger file goes into S3 and is named as `source`.',
    headers: z.object({
      'Idempotency-Key': z.string().max(255).optional().meta({ description: 'The same call is the same batch' }),
      'x-priority': z.enum(priorities).default('low').meta({ description: 'Of every line that names none' }),
    }),
    body: batchBodies,
    answers: { 202: accepted },
    errors: [403, 413, 415, 422, 503],
  },
  handle: async (request) => {
    const caller = request.caller();
    const wanted = readBatchRequest(request);
    await requireCredentials();
    const batch = await takeIn(gateway, caller, wanted);
    await dispatchNow(gateway);
    return acceptedBatch(batch, request);
  },
});

const takeIn = async (gateway: Gateway, caller: string, wanted: BatchRequest): Promise<Batch> => {
  const { table, stackName, batchFiles } = gateway;
  const { idempotencyKey: key } = wanted;
  const ofCall = batchIdOfCall(stackName, caller, key);
  // Asked first: another request with the same key must not replace the requests of this one, and the same one is answered
  // even if its file is gone by now.
  const existing = key === undefined ? undefined : await getBatch(table, ofCall);
  if (existing !== undefined) return sameRequest(existing, wanted);
  if (wanted.kind === 'source') {
    const source = await findSource(gateway, caller, wanted.source);
    // Without a key the same version of the same file is the same batch, as it is in the inbox.
    return key === undefined
      ? (await create(gateway, caller, batchIdOfFile(caller, source), source, wanted)).batch
      : sameRequest((await create(gateway, caller, ofCall, source, wanted)).batch, wanted);
  }
  const source = await batchFiles.store(inputKey(ofCall, wanted.extension), wanted.body, wanted.contentType);
  return sameRequest((await create(gateway, caller, ofCall, source, wanted)).batch, wanted);
};

const create = (
  { table, retentionSeconds }: Gateway,
  caller: string,
  batchId: string,
  source: BatchSource,
  { priority, requestHash }: BatchRequest,
): Promise<{ batch: Batch }> =>
  createBatch(table, { batchId, caller, source, priority, requestHash, retentionSeconds }, table.clock.now());

const sameRequest = (batch: Batch, { requestHash }: BatchRequest): Batch => {
  if (batch.requestHash === requestHash) return batch;
  throw new ProblemError(
    422,
    'idempotency_key_reused',
    'The Idempotency-Key was used before with another request. Use a new key for a new request.',
    { validationErrors: [{ loc: ['header', 'Idempotency-Key'], msg: 'key of another request', type: 'value_error' }] },
  );
};
