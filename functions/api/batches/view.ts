import * as z from 'zod';
import { batchStates } from '#shared/batches/batch.ts';
import { priorities } from '#shared/jobs/job.ts';
import { jobSummary } from '../openapi/components.ts';
import type { AnswerDescription, RouteDescription } from '../openapi/description.ts';

const count = (description: string) => z.int().meta({ description });

/** A batch as the API shows it. */
export const batchSchema = z
  .object({
    batchId: z.uuid(),
    status: z.enum(batchStates),
    priority: z.enum(priorities).meta({ description: 'Of every line that names none of its own' }),
    source: z.object({ bucket: z.string(), key: z.string(), versionId: z.string().optional() }).optional(),
    retryOf: z.uuid().optional().meta({ description: 'The batch whose failed jobs are tried again' }),
    lines: z.int().optional().meta({ description: 'Lines of the file; known once it has been read through' }),
    counts: z.object({
      unfinished: count('Jobs that wait or run'),
      succeeded: z.int(),
      failed: z.int(),
      cancelled: count('Cancelled jobs, and lines that were not made into jobs any more'),
      timed_out: z.int(),
      rejected: count('Lines that cannot be jobs; the report says why'),
      blank: count('Lines with nothing in them'),
    }),
    error: z
      .object({ code: z.string(), message: z.string() })
      .optional()
      .meta({ description: 'Why the file was refused as a whole' }),
    createdAt: z.iso.datetime(),
    startedAt: z.iso.datetime().optional(),
    updatedAt: z.iso.datetime(),
    finishedAt: z.iso.datetime().optional(),
    cancelRequestedAt: z.iso.datetime().optional(),
    estimatedEndAt: z.iso.datetime().optional().meta({
      description:
        "When the last job will be submitted: Adobe's limits for a minute and a day, after all that waits now at a higher priority. Not told while an operator pauses the queue.",
    }),
    links: z.object({
      self: z.url(),
      jobs: z.url(),
      cancel: z.url(),
      retry: z.url(),
      reports: z.object({ jsonl: z.url(), csv: z.url() }),
    }),
  })
  .meta({ id: 'Batch' });

/** One request in a batch. */
const lineSchema = z
  .object({
    operation: z.string().optional().meta({ description: 'Such as `images/generate`, the default' }),
    body: z.looseObject({}).meta({ description: "The body of Adobe's call" }),
    id: z.string().optional().meta({ description: 'Your own name for the line; it is in the report' }),
    priority: z.enum(priorities).optional(),
    modelVersion: z.string().optional().meta({ description: 'As `x-model-version`' }),
  })
  .meta({ id: 'BatchLine' });

/** What `POST /batches` takes. */
export const batchBodies = {
  'application/x-ndjson': lineSchema.meta({ description: 'One on each line' }),
  'text/csv': z.string().meta({
    description:
      'A header row with the columns `operation`, `id`, `priority`, `modelVersion` and fields of the body such as `prompt`, `size.width` or `seeds.0`; lists and objects may also stand in a cell as JSON. Empty cells are left out',
  }),
  'application/json': z.union([
    z.object({
      source: z.string().meta({ description: 's3://bucket/key' }),
      priority: z.enum(priorities).optional(),
    }),
    z.object({ defaults: lineSchema.partial().optional(), requests: z.array(lineSchema) }),
    lineSchema,
  ]),
};

/** The answer of calls that take a batch on. */
export const accepted: AnswerDescription = {
  description: 'Taken on; follow it by its link',
  content: { 'application/json': batchSchema },
  headers: { location: 'The batch' },
};

/** A page of a batch's jobs. */
export const batchJobsPage = z.object({
  jobs: z.array(jobSummary.extend({ line: z.int(), id: z.string().optional() }).meta({ id: 'BatchJob' })),
  cursor: z.string().optional().meta({ description: 'Where the next page begins; none on the last one' }),
});

/** Description of a call on one batch. */
export const onBatch = (
  summary: string,
  answers: RouteDescription['answers'],
  errors: readonly number[] = [],
): RouteDescription => ({ tag: 'Batches', summary, answers, errors: [404, ...errors] });
