import * as z from 'zod';
import { jobUrl, outputUrl } from '../gateway-urls.ts';
import { finalStates, type Job } from '../jobs/job.ts';
import { shownCost, viewCost } from '../jobs/stored-cost.ts';
import { outputCounts, storedOutput, toStoredOutput, viewOutputCounts, warnOfOutputs } from '../jobs/stored-output.ts';
import { once } from '../once.ts';
import { type Announcer, announcer } from './announcer.ts';

const output = once(() =>
  storedOutput().extend({
    url: z.url().meta({ description: 'Redirects to a fresh URL whenever it is followed' }),
  }),
);

/** What is told of a job's end: in `detail` of the event `Job Ended`, and in `data` of the webhook `job.ended`. */
export const jobEnded = once(() =>
  z
    .object({
      gateway: announcer(),
      jobId: z.uuid(),
      caller: z.string(),
      operation: z.string().meta({ description: 'Such as `images/generate`' }),
      status: z.enum(finalStates),
      outputs: z.array(output()),
      ...outputCounts().shape,
      warnings: z.array(z.string()).optional().meta({ description: 'What to know of outputs that are missing' }),
      error: z
        .object({
          code: z.string(),
          message: z.string(),
          upstreamStatus: z.int().optional().meta({ description: "HTTP status of Adobe's answer" }),
        })
        .optional(),
      cost: shownCost().optional(),
      labels: z.record(z.string(), z.string()).optional(),
      createdAt: z.iso.datetime(),
      finishedAt: z.iso.datetime(),
      url: z.url().meta({ description: "The job's record" }),
      batchId: z.uuid().optional().meta({ description: 'The batch whose line the job is' }),
      line: z.int().optional().meta({ description: 'Number of the line, from 1' }),
      lineId: z.string().optional().meta({ description: "The caller's own id of the line" }),
      webhooks: z
        .literal(false)
        .optional()
        .meta({ description: 'On the event bus only: `false` if the caller has no webhook' }),
    })
    .meta({ id: 'JobEnded' }),
);

/** EventBridge `detail-type` of the event. */
export const jobEndedEvent = 'Job Ended';

export type JobEnded = z.output<ReturnType<typeof jobEnded>>;

/**
 * What is told of a job that has ended: keys and stable addresses, never presigned URLs (those die), and never the prompt (it
 * is personal data).
 *
 * @param announcer the gateway whose job it is
 * @param isWithoutWebhooks whether its caller certainly has none: then the event starts no notify
 */
export const toJobEnded = (job: Job, { stackName, gatewayUrl }: Announcer, isWithoutWebhooks = false): JobEnded => {
  const warnings = warnOfOutputs(job);
  const { jobId, caller, operation, error, createdAt, batchId, line, lineId } = job;
  return {
    gateway: stackName,
    jobId,
    caller,
    operation,
    status: job.state as JobEnded['status'],
    outputs: (job.outputs ?? []).map((stored, index) => ({
      ...toStoredOutput(stored),
      url: outputUrl(gatewayUrl, jobId, index),
    })),
    ...viewOutputCounts(job),
    warnings: warnings.length === 0 ? undefined : warnings,
    error: error && { code: error.code, message: error.message, upstreamStatus: error.upstreamStatus },
    cost: viewCost(job),
    labels: job.labels,
    createdAt,
    // Every end is written with its time.
    finishedAt: job.finishedAt as string,
    url: jobUrl(gatewayUrl, jobId),
    batchId,
    line,
    lineId,
    webhooks: isWithoutWebhooks ? false : undefined,
  };
};
