import * as z from 'zod';
import { type Batch, batchStates, endedJobs } from '#shared/batches/batch.ts';
import { batchUrl } from '#shared/gateway-urls.ts';
import { once } from '#shared/once.ts';
import { priorities } from '#shared/priority.ts';
import { labelsSchema } from '#shared/requests/labels.ts';
import { nextCursor } from '../http/pagination.ts';
import { type HttpResponse, jsonResponse } from '../http/problem.ts';
import type { ApiRequest } from '../http/request.ts';
import type { AnswerDescription, RouteDescription } from '../http/route-description.ts';

const count = (description: string) => z.int().meta({ description });

/** A batch as the API shows it. */
export const batchSchema = once(() =>
  z
    .object({
      batchId: z.uuid(),
      status: z.enum(batchStates),
      priority: z.enum(priorities).meta({ description: 'Of every line without a priority of its own' }),
      labels: labelsSchema().optional().meta({ description: 'Of every line, unless it has others of the same names' }),
      source: z.object({ bucket: z.string(), key: z.string(), versionId: z.string().optional() }).optional(),
      retryOf: z.uuid().optional().meta({ description: 'The batch whose failed jobs are tried again' }),
      lines: z.int().optional().meta({
        description: 'Requests in the file, blank lines not counted; known once all of it has been read',
      }),
      counts: z.object({
        unfinished: count('Jobs that wait or run'),
        succeeded: z.int(),
        partially_succeeded: count('Jobs of which some of the outputs are there'),
        failed: z.int(),
        cancelled: count('Cancelled jobs, and lines that never became jobs because of the cancellation'),
        timed_out: z.int(),
        rejected: count('Lines that cannot be jobs; the report says why'),
      }),
      error: z
        .object({ code: z.string(), message: z.string() })
        .optional()
        .meta({ description: 'Why the file was refused as a whole' }),
      warnings: z
        .array(z.string())
        .optional()
        .meta({ description: 'What to know though the file was taken, such as columns that are not sent to Adobe' }),
      createdAt: z.iso.datetime(),
      startedAt: z.iso.datetime().optional(),
      updatedAt: z.iso.datetime(),
      finishedAt: z.iso.datetime().optional(),
      cancelRequestedAt: z.iso.datetime().optional(),
      waiting: z
        .object({ rule: z.enum(['openBatches', 'queuedJobs']), since: z.iso.datetime() })
        .optional()
        .meta({
          description:
            'The rule of your policy that has no room for the batch, or for its next lines; it goes on by itself',
        }),
      estimatedEndAt: z.iso.datetime().optional().meta({
        description:
          'When the last job will be submitted, at the latest in a batch of several services: the limits of each, after all that waits now at a higher priority. Absent before the first line is a job, and while an operator pauses the queue or you.',
      }),
      links: z.object({
        self: z.url(),
        jobs: z.url(),
        cancel: z.url(),
        retry: z.url(),
        reports: z.object({ jsonl: z.url(), csv: z.url() }),
      }),
    })
    .meta({ id: 'Batch' }),
);

/** One page of batches. */
export const batchesPage = once(() =>
  z.object({ batches: z.array(batchSchema()), cursor: nextCursor() }).meta({ id: 'BatchesPage' }),
);

/**
 * The gateway's view of a batch. Its counts add up to the lines that have been read.
 *
 * @param estimatedEndAt when its last job will be submitted, ISO; only in the answer about one batch
 */
export const viewBatch = (
  batch: Batch,
  { baseUrl }: Pick<ApiRequest, 'baseUrl'>,
  estimatedEndAt?: string,
): z.output<ReturnType<typeof batchSchema>> => {
  const self = batchUrl(baseUrl, batch.batchId);
  const { waiting } = batch;
  return {
    batchId: batch.batchId,
    status: batch.state,
    priority: batch.priority,
    labels: batch.labels,
    source: batch.source && { bucket: batch.source.bucket, key: batch.source.key, versionId: batch.source.versionId },
    retryOf: batch.retryOf,
    lines: batch.lines,
    counts: {
      unfinished: Math.max(0, batch.jobs - endedJobs(batch)),
      ...batch.counts,
      // Lines that never became jobs were cancelled as well.
      cancelled: batch.counts.cancelled + batch.skipped,
      rejected: batch.rejected,
    },
    error: batch.error,
    warnings: batch.warnings?.length === 0 ? undefined : batch.warnings,
    createdAt: batch.createdAt,
    startedAt: batch.startedAt,
    updatedAt: batch.updatedAt,
    finishedAt: batch.finishedAt,
    cancelRequestedAt: batch.cancelRequestedAt,
    waiting: batch.state === 'reading' && waiting ? { rule: waiting.rule, since: waiting.since } : undefined,
    estimatedEndAt,
    links: {
      self,
      jobs: `${self}/jobs`,
      cancel: `${self}/cancel`,
      retry: `${self}/retry`,
      reports: { jsonl: `${self}/report.jsonl`, csv: `${self}/report.csv` },
    },
  };
};

/** The answer of calls that start a batch. */
export const acceptedAnswer: AnswerDescription = {
  description: 'Accepted; its link leads to its progress',
  content: { 'application/json': batchSchema },
  headers: { location: 'The batch' },
};

/** Such an answer: where to follow the batch. */
export const acceptedResponse = (batch: Batch, request: ApiRequest): HttpResponse => {
  const body = viewBatch(batch, request);
  return jsonResponse(202, body, { location: body.links.self });
};

/** Description of a call on one batch. */
export const describeBatchCall = (
  summary: string,
  answers: RouteDescription['answers'],
  errors: NonNullable<RouteDescription['errors']> = [],
): RouteDescription => ({ tag: 'Batches', summary, answers, errors: [404, ...errors] });
