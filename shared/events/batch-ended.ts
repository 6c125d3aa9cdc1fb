import * as z from 'zod';
import type { Batch } from '../batches/batch.ts';
import { reportKey } from '../deployment/bucket.ts';
import { batchUrl } from '../gateway-urls.ts';
import { once } from '../once.ts';
import { type Announcer, announcer } from './announcer.ts';

const report = (format: string) => z.string().meta({ description: `Key of the report as ${format} in S3` });

/** What is told of a batch's end: in `detail` of the event `Batch Ended`, and in `data` of the webhook `batch.ended`. */
export const batchEnded = once(() =>
  z
    .object({
      gateway: announcer(),
      batchId: z.uuid(),
      caller: z.string().meta({ description: 'Empty for a file outside every folder of a team' }),
      status: z.enum(['finished', 'refused']).meta({ description: '`refused`: the file as a whole; `error` says why' }),
      lines: z.int().optional().meta({ description: 'Lines of the file' }),
      counts: z.object({
        succeeded: z.int(),
        partially_succeeded: z.int().meta({ description: 'Some of the outputs are there' }),
        failed: z.int(),
        cancelled: z.int(),
        timed_out: z.int(),
        rejected: z.int().meta({ description: 'Lines that could not be jobs' }),
      }),
      reports: z.object({ jsonl: report('JSON lines'), csv: report('CSV') }),
      retryOf: z.uuid().optional().meta({ description: 'The batch whose failed jobs were tried again' }),
      error: z.object({ code: z.string(), message: z.string() }).optional(),
      createdAt: z.iso.datetime(),
      finishedAt: z.iso.datetime(),
      url: z.url().meta({ description: "The batch's record" }),
    })
    .meta({ id: 'BatchEnded' }),
);

/** EventBridge `detail-type` of the event. */
export const batchEndedEvent = 'Batch Ended';

export type BatchEnded = z.output<ReturnType<typeof batchEnded>>;

/**
 * What is told of a batch that has ended.
 *
 * @param announcer the gateway whose batch it is
 */
export const toBatchEnded = (batch: Batch, { stackName, gatewayUrl }: Announcer): BatchEnded => {
  const { batchId, caller, counts, lines, rejected, skipped, retryOf, error, createdAt } = batch;
  return {
    gateway: stackName,
    batchId,
    caller,
    status: batch.state as BatchEnded['status'],
    lines,
    counts: { ...counts, cancelled: counts.cancelled + skipped, rejected },
    reports: { jsonl: reportKey(batchId, 'jsonl'), csv: reportKey(batchId, 'csv') },
    retryOf,
    error: error && { code: error.code, message: error.message },
    createdAt,
    // Every end is written with its time.
    finishedAt: batch.finishedAt as string,
    url: batchUrl(gatewayUrl, batchId),
  };
};
