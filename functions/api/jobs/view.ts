import * as z from 'zod';
import { findInspection, provenance } from '#shared/jobs/inspection.ts';
import { type Job, jobError, jobStates } from '#shared/jobs/job.ts';
import { maxListedPrompt, summariseRequest } from '#shared/jobs/listing.ts';
import { costAttributes, shownCost, viewCost } from '#shared/jobs/stored-cost.ts';
import {
  outputCounts,
  storedOutput,
  toStoredOutput,
  viewOutputCounts,
  warnOfOutputs,
} from '#shared/jobs/stored-output.ts';
import { once } from '#shared/once.ts';
import { priorities } from '#shared/priority.ts';
import { toIso } from '../http/problem.ts';
import { type WaitEstimate, waitFields } from './wait-estimate.ts';

/** An output as the console shows it. */
const shownOutput = once(() =>
  storedOutput().extend({
    width: z.int().optional().meta({ description: 'In pixels, of an image that has been inspected' }),
    height: z.int().optional(),
    provenance: provenance().optional(),
    thumbnail: z.url().optional().meta({
      description:
        'A WebP of the width that the query asks for, by a presigned URL that stays the same for an hour; absent where there is none, or none yet',
    }),
  }),
);

const summaryFields = once(() => ({
  jobId: z.uuid(),
  status: z.enum(jobStates),
  operation: z.string(),
  modelVersion: z.string().optional(),
  priority: z.enum(priorities),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime().optional(),
  prompt: z
    .string()
    .optional()
    .meta({ description: `The first ${maxListedPrompt} characters of its prompt, where the operation takes one` }),
  seeds: z.array(z.int()).optional().meta({
    description: 'Those of its outputs; until there are some, those that the request names',
  }),
  batchId: z.uuid().optional().meta({ description: 'The batch whose line it is' }),
  favourite: z.boolean().optional().meta({ description: 'Marked by `PUT /jobs/{jobId}/favourite`' }),
  outputs: z.array(shownOutput()),
  ...outputCounts().shape,
  error: jobError().optional(),
  cost: shownCost().optional(),
  labels: z.record(z.string(), z.string()).optional(),
}));

/** A job as a list shows it. */
export const jobSummary = once(() => z.object(summaryFields()).meta({ id: 'JobSummary' }));

/** The attributes of a job that its summary is made of. */
export const summaryAttributes = {
  jobId: true,
  operation: true,
  modelVersion: true,
  priority: true,
  createdAt: true,
  updatedAt: true,
  finishedAt: true,
  outputs: true,
  errors: true,
  ...costAttributes,
  labels: true,
  seeds: true,
  batchId: true,
  favourite: true,
  inspections: true,
} as const;

/** A job as it is read for a list: its record, and what stands beside it of its prompt. */
export type SummarisedJob = Pick<Job, keyof typeof summaryAttributes> & { prompt?: string };

/**
 * What a list says about each job: everything but its request and its history.
 *
 * @param thumbnails URLs by the positions of the outputs
 */
export const viewJobSummary = (
  job: SummarisedJob,
  thumbnails: readonly (string | undefined)[] = [],
): z.output<ReturnType<typeof jobSummary>> => ({
  jobId: job.jobId,
  status: job.state,
  operation: job.operation,
  modelVersion: job.modelVersion,
  priority: job.priority,
  createdAt: job.createdAt,
  updatedAt: job.updatedAt,
  finishedAt: job.finishedAt,
  prompt: job.prompt,
  seeds: job.seeds,
  batchId: job.batchId,
  favourite: job.favourite,
  outputs: (job.outputs ?? []).map((output, position) => {
    const { width, height, provenance: credentials } = findInspection(job, position) ?? {};
    return { ...toStoredOutput(output), width, height, provenance: credentials, thumbnail: thumbnails[position] };
  }),
  ...viewOutputCounts(job),
  error: job.error,
  cost: viewCost(job),
  labels: job.labels,
});

const requestLink = once(() =>
  z
    .object({ method: z.literal('POST'), href: z.url(), headers: z.record(z.string(), z.string()), body: z.unknown() })
    .meta({ id: 'RequestLink', description: 'A request that can be sent as it stands' }),
);

/** A request that can be sent as it stands. */
export type RequestLink = z.output<ReturnType<typeof requestLink>>;

const recordLinks = once(() =>
  z.object({
    statusUrl: z.url(),
    cancelUrl: z.url(),
    outputs: z.array(z.url()).meta({ description: 'One for each output, in their order' }),
    reuse: requestLink().optional().meta({
      description:
        'The same request with the seeds of its outputs, which steer towards them and do not reproduce them; absent where outputs have no seeds',
    }),
    similar: requestLink().optional().meta({ description: 'A request for images like the first output' }),
  }),
);

/** Where to go from a job: its status, its outputs, and requests that go on from it. */
export type RecordLinks = z.output<ReturnType<typeof recordLinks>>;

/** A job in full. */
export const jobRecord = once(() =>
  z
    .object({
      ...summaryFields(),
      caller: z.string(),
      states: z.array(z.object({ state: z.enum(jobStates), at: z.iso.datetime() })),
      turn: z.int().meta({ description: 'How often the job was given a permit' }),
      attempts: z.int(),
      submitAt: z.iso.datetime().optional().meta({ description: 'When its permit lets it be submitted' }),
      cancelRequestedAt: z.iso.datetime().optional(),
      upstream: z
        .object({ jobId: z.string().optional(), acceptedAt: z.iso.datetime() })
        .optional()
        .meta({ description: "Adobe's own id of the job, and when Adobe accepted it" }),
      ...waitFields(),
      reusedFrom: z.uuid().optional().meta({ description: 'The earlier job whose outputs this one has' }),
      warnings: z.array(z.string()),
      result: z.looseObject({}).optional(),
      request: z.unknown(),
      links: recordLinks(),
    })
    .meta({ id: 'JobRecord' }),
);

/** The gateway's own view of a job, in full. */
export const viewJobRecord = (
  job: Job,
  {
    body,
    links,
    wait,
    thumbnails,
  }: { body: unknown; links: RecordLinks; wait: WaitEstimate; thumbnails: readonly (string | undefined)[] },
): z.output<ReturnType<typeof jobRecord>> => ({
  ...viewJobSummary({ ...job, prompt: summariseRequest(job.operation, body).prompt }, thumbnails),
  caller: job.caller,
  states: job.history,
  turn: job.turn,
  attempts: job.attempts,
  submitAt: toIso(job.submitAt),
  cancelRequestedAt: job.cancelRequestedAt,
  upstream:
    job.upstream === undefined || job.lostAnswer !== undefined
      ? undefined
      : { jobId: job.upstream.jobId, acceptedAt: job.upstream.acceptedAt },
  ...wait,
  reusedFrom: job.reusedFrom,
  warnings: [...job.warnings, ...warnOfOutputs(job)],
  result: job.result,
  request: body,
  links,
});
