import * as z from 'zod';
import { tryTriggerDispatch } from '#shared/aws/invoke-functions.ts';
import type { Batch, BatchSource } from '#shared/batches/batch.ts';
import { attachInput, batchIdOfCall, batchIdOfFile, createBatch, getBatch } from '#shared/batches/batch-store.ts';
import { leaseMs } from '#shared/batches/open-batches.ts';
import { admitBatch } from '#shared/callers/admission.ts';
import { batchInputKey } from '#shared/deployment/bucket.ts';
import { once } from '#shared/once.ts';
import { priorities } from '#shared/priority.ts';
import { labelsSchema } from '#shared/requests/labels.ts';
import { maxTemplateLength } from '#shared/requests/name-template.ts';
import type { ApiContext } from '../context.ts';
import { type Actor, audit } from '../http/audit.ts';
import { idempotencyKeyReused, labelHeader, outputNameHeader } from '../http/headers.ts';
import type { Route } from '../http/router.ts';
import { requireKept } from './find.ts';
import { type BatchRequest, findSource, readBatchRequest, spreadsheetType, toBatchSource } from './request.ts';
import { acceptedAnswer, acceptedResponse } from './view.ts';

const nameDescription = 'How its outputs are called, with placeholders such as `{id}` or `{size.width}`';

// One request in a batch.
const lineSchema = once(() =>
  z
    .object({
      operation: z.string().optional().meta({ description: 'Such as `images/generate`, the default' }),
      body: z.looseObject({}).meta({ description: "The body of Adobe's call" }),
      id: z.string().optional().meta({ description: 'Your own id of the line; the report repeats it' }),
      priority: z.enum(priorities).optional(),
      modelVersion: z.string().optional().meta({ description: 'As `x-model-version`' }),
      name: z
        .string()
        .max(maxTemplateLength)
        .optional()
        .meta({ description: `${nameDescription}; without it \`x-output-name\` counts` }),
      labels: labelsSchema().optional().meta({
        description: '`{"campaign": "spring"}`, or as text in the form of `x-label`; beside those of `x-label`',
      }),
    })
    .meta({ id: 'BatchLine' }),
);

// What `POST /batches` takes.
const batchBodies = {
  'application/x-ndjson': once(() => lineSchema().meta({ description: 'One on each line' })),
  'text/csv': once(() =>
    z.string().meta({
      description:
        'A header row with the columns `operation`, `id`, `priority`, `modelVersion`, `name` and fields of the body such as `prompt`, `size.width` or `seeds.0`; lists and objects may also stand in a cell as JSON. Empty cells are left out; columns that no operation has come back in the report',
    }),
  ),
  [spreadsheetType]: () =>
    z.string().meta({
      format: 'binary',
      description: 'The same table as an .xlsx file: its sheet `requests`, or else the first one',
    }),
  'application/json': once(() =>
    z.union([
      z.object({
        source: z.string().meta({ description: 's3://bucket/key' }),
        priority: z.enum(priorities).optional(),
        outputName: z.string().max(maxTemplateLength).optional().meta({ description: 'As `x-output-name`' }),
        labels: labelsSchema().optional().meta({ description: 'As `x-label`' }),
      }),
      z.object({ defaults: lineSchema().partial().optional(), requests: z.array(lineSchema()) }),
      lineSchema(),
    ]),
  ),
};

/** Accepts many requests at once, in a body or from a file in S3; they are checked and queued later, line by line. */
export const createRoute = (context: ApiContext, requireCredentials: () => Promise<void>): Route => ({
  method: 'POST',
  path: '/batches',
  describe: {
    tag: 'Batches',
    summary: 'Submit many requests at once',
    description: 'Up to 4 MB in the body; a larger file goes into S3, with its address as `source`.',
    headers: () =>
      z.object({
        'Idempotency-Key': z
          .string()
          .max(255)
          .optional()
          .meta({ description: 'The same call is the same batch; quotes around the key do not matter' }),
        'x-priority': z
          .enum(priorities)
          .default('low')
          .meta({ description: 'Of every line without a priority of its own' }),
        'x-output-name': outputNameHeader(
          'How the outputs of every line without a `name` of its own are called; placeholders such as `{sku}-{size.width}` stand for its columns and fields',
        ),
        'x-label': labelHeader('Labels of every line, unless it has others of the same names'),
      }),
    body: batchBodies,
    answers: { 202: acceptedAnswer },
    errors: [403, 409, 413, 415, 422, 429, 503],
  },
  handle: async (request) => {
    const wanted = readBatchRequest(request);
    await requireCredentials();
    const batch = await takeIn(context, request, wanted);
    await tryTriggerDispatch(context);
    return acceptedResponse(batch, request);
  },
});

const takeIn = async (context: ApiContext, from: Actor, wanted: BatchRequest): Promise<Batch> => {
  const caller = from.caller();
  const { table, readPolicy, settings } = context;
  const { idempotencyKey: key } = wanted;
  const idByKey = batchIdOfCall(settings.stackName, caller, key);
  // Looked up first: another request with the same key must not replace the requests of this one, and the same one is answered
  // even if its file is gone by now.
  const existing = key === undefined ? undefined : await getBatch(table, idByKey);
  if (existing !== undefined) return storeInput(context, requireSameRequest(existing, wanted), wanted);
  // Before anything is stored: what is refused must leave no prompts behind.
  const admit = async (batchId: string) => admitBatch(table, caller, await readPolicy(caller), batchId);
  if (wanted.kind === 'source') {
    const source = await findSource(context, caller, wanted.source);
    // Without a key the same content of the same file is the same batch, as it is in the inbox.
    if (key === undefined) {
      const batchId = batchIdOfFile(caller, source);
      await admit(batchId);
      return requireKept(await putBatch(context, from, batchId, source, wanted));
    }
    await admit(idByKey);
    return requireSameRequest(await putBatch(context, from, idByKey, source, wanted), wanted);
  }
  await admit(idByKey);
  // The record leads to the input from before it is there, so that no crash leaves prompts behind which nothing erases.
  const source = { bucket: context.objects.bucket, key: batchInputKey(idByKey, wanted.extension) };
  const batch = await putBatch(context, from, idByKey, source, wanted);
  return storeInput(context, requireSameRequest(batch, wanted), wanted);
};

/** Stores the requests of a new batch, unless that has been done, and has dispatch look at it; until then nothing reads them. */
const storeInput = async ({ table, objects }: ApiContext, batch: Batch, wanted: BatchRequest): Promise<Batch> => {
  const { source, state, run } = batch;
  const isStored = source?.etag !== undefined || source?.versionId !== undefined;
  if (wanted.kind === 'source' || source === undefined || isStored || state !== 'reading' || run > 0) return batch;
  const stored = await objects.put(source.key, wanted.body, wanted.contentType);
  return requireKept(await attachInput(table, batch, toBatchSource(stored)));
};

const putBatch = async (
  { table, log, settings: { retentionSeconds } }: ApiContext,
  from: Actor,
  batchId: string,
  source: BatchSource,
  { kind, priority, outputName, labels, requestHash }: BatchRequest,
): Promise<Batch> => {
  const caller = from.caller();
  const newBatch = { batchId, caller, source, priority, outputName, labels, requestHash, retentionSeconds };
  const now = table.clock.now();
  const { created, batch } = await createBatch(table, newBatch, kind === 'body' ? now + leaseMs : now);
  if (created) audit(log, from, 'batch made', { batchId });
  return batch;
};

const requireSameRequest = (batch: Batch, { requestHash }: BatchRequest): Batch => {
  if (batch.requestHash === requestHash) return requireKept(batch);
  throw idempotencyKeyReused();
};
