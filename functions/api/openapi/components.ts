import * as z from 'zod';
import { jobStates, priorities } from '#shared/jobs/job.ts';
import { storedOutput } from '#shared/jobs/stored-output.ts';

const validationError = z.object({
  loc: z
    .array(z.union([z.string(), z.int()]))
    .meta({ description: '`body`, `header` or `query`, then the path inside' }),
  msg: z.string(),
  type: z.string(),
  ctx: z.record(z.string(), z.unknown()).optional(),
});

/** An error (RFC 9457) with Adobe's fields beside. */
export const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    error_code: z.string().meta({ description: "Adobe's code where Adobe has one for the case" }),
    message: z.string(),
    validation_errors: z.array(validationError).optional(),
    request_id: z.string().optional(),
  })
  .meta({ id: 'Problem' });

/** Adobe's answer to a request that was accepted. */
export const acceptedJob = z
  .object({ jobId: z.uuid(), statusUrl: z.url(), cancelUrl: z.url() })
  .meta({ id: 'AcceptedJob', description: "Adobe's answer with a job id" });

const link = z.object({ href: z.url() });

/** Adobe's answer to a request that was accepted, of the other family. */
export const acceptedLinks = z
  .object({ links: z.object({ result: link, cancel: link }), progress: z.number() })
  .meta({ id: 'AcceptedLinks', description: "Adobe's answer with links; the job id is the end of both" });

/** Adobe's status body. */
export const jobStatus = z
  .object({
    status: z.enum(['pending', 'running', 'succeeded', 'failed', 'cancelled', 'timeout']),
    jobId: z.uuid(),
    result: z.looseObject({}).optional().meta({ description: 'Once it has succeeded, as the operation describes it' }),
    error_code: z.string().optional(),
    message: z.string().optional(),
  })
  .meta({ id: 'JobStatus' });

const summaryFields = {
  jobId: z.uuid(),
  status: z.enum(jobStates),
  operation: z.string(),
  modelVersion: z.string().optional(),
  priority: z.enum(priorities),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime().optional(),
  outputs: z.array(storedOutput),
  error: z.object({ code: z.string(), message: z.string(), upstreamStatus: z.int().optional() }).optional(),
};

/** A job as a list shows it. */
export const jobSummary = z.object(summaryFields).meta({ id: 'JobSummary' });

const requestLink = z
  .object({ method: z.literal('POST'), href: z.url(), headers: z.record(z.string(), z.string()), body: z.unknown() })
  .meta({ id: 'RequestLink', description: 'A request that can be sent as it stands' });

/** A job in full. */
export const jobRecord = z
  .object({
    ...summaryFields,
    caller: z.string(),
    states: z.array(z.object({ state: z.enum(jobStates), at: z.iso.datetime() })),
    turn: z.int(),
    attempts: z.int(),
    queuePosition: z.int().optional().meta({ description: '1 is served next, if nothing else comes in' }),
    queuePositionIsMinimum: z.boolean().optional(),
    estimatedStart: z.iso
      .datetime()
      .optional()
      .meta({ description: 'When it will be submitted, as the queue stands; not told while an operator pauses it' }),
    estimatedStartIsMinimum: z.boolean().optional(),
    reusedFrom: z.uuid().optional().meta({ description: 'The job whose outputs this one was answered with' }),
    warnings: z.array(z.string()),
    result: z.looseObject({}).optional(),
    request: z.unknown(),
    links: z.object({
      statusUrl: z.url(),
      cancelUrl: z.url(),
      outputs: z.array(z.url()),
      reuse: requestLink.optional(),
      similar: requestLink.optional(),
    }),
  })
  .meta({ id: 'JobRecord' });
