import * as z from 'zod';
import { once } from '../../../once.ts';
import { readCode } from '../../http/errors.ts';
import { type JobPhase, type JobProgress, readSuccess } from '../job-progress.ts';
import { explainRefusal } from '../refusal.ts';
import type { PresentedJob, ServiceDialect } from '../service.ts';
import { readAcceptance } from './acceptance.ts';
import { classifyRefusal, contentRefusals, contractCodes, presentRefusal } from './refusals.ts';

const text = once(() => z.string().nullish().catch(undefined));
const code = once(() => z.union([z.string(), z.number()]).nullish().catch(undefined));

const statusAnswer = once(() =>
  z.object({
    status: z.string(),
    errorDetails: z
      .array(z.object({ errorCode: code(), message: text() }))
      .nullish()
      .catch(undefined),
  }),
);

/** Photoshop's words for the phase of a job (Adobe: `GET /v2/status/{jobId}`); it cannot be cancelled there, nor end partially. */
const words = {
  pending: 'pending',
  running: 'running',
  succeeded: 'succeeded',
  partially_succeeded: 'succeeded',
  failed: 'failed',
  cancelled: 'failed',
  timed_out: 'failed',
} as const satisfies Record<JobPhase, string>;

/** Photoshop's status body as callers see it. */
const statusSchema = once(() =>
  z
    .object({
      jobId: z.uuid(),
      status: z.enum(['pending', 'running', 'succeeded', 'failed']),
      createdTime: z.iso.datetime(),
      modifiedTime: z.iso.datetime(),
      result: z
        .looseObject({})
        .optional()
        .meta({ description: 'Once it has succeeded, as the operation describes it' }),
      errorDetails: z.array(z.object({ errorCode: z.string(), message: z.string() })).optional(),
    })
    .meta({ id: 'PhotoshopJobStatus' }),
);

/** Reads a status of Photoshop and of the operations that share its words. */
export const readPhotoshopStatus: ServiceDialect['readStatus'] = (body, { result }): JobProgress | undefined => {
  const parsed = statusAnswer().safeParse(body);
  if (!parsed.success) return undefined;
  const { status, errorDetails } = parsed.data;
  if (status === words.succeeded) return readSuccess(result, body);
  if (status !== words.failed) return { kind: 'running' };
  const [first] = errorDetails ?? [];
  const messages = (errorDetails ?? []).map(({ message }) => message).filter((message) => message);
  const failure = readCode(first?.errorCode) ?? 'failed';
  const message = explainRefusal(contentRefusals, failure, messages.join('; ') || 'Adobe failed the job.');
  return { kind: 'failed', code: failure, message };
};

/** Writes a status as Photoshop does. */
export const presentPhotoshopStatus = (job: PresentedJob): Record<string, unknown> => ({
  jobId: job.jobId,
  status: words[job.phase],
  createdTime: job.createdAt,
  modifiedTime: job.updatedAt,
  result: job.result?.['result'],
  errorDetails: listErrors(job),
});

/** Of an output that is missing there is no word in Photoshop's bodies but this. */
const listErrors = ({ error, errors = [] }: PresentedJob): { errorCode: string; message: string }[] | undefined => {
  const reasons = error === undefined ? errors : [error];
  if (reasons.length === 0) return undefined;
  return reasons.map(({ code: errorCode, message }) => ({ errorCode, message }));
};

/** Photoshop's answers, and the gateway's in their form. */
export const photoshopDialect: ServiceDialect = {
  readAcceptance,
  contentRefusals,
  contractCodes,
  classifyRefusal,
  readStatus: readPhotoshopStatus,
  statusSchema,
  presentStatus: presentPhotoshopStatus,
  presentRefusal,
};
