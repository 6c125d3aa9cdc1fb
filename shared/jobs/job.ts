import * as z from 'zod';
import { parseExactly } from '../exact-json.ts';
import { once } from '../once.ts';
import { priorities } from '../priority.ts';
import { inspectionsSchema } from './inspection.ts';
import { outputNameSchema } from './output-name.ts';

/** The states that nothing follows. `partially_succeeded`: some outputs are stored, and `errors` says why the others are not. */
export const finalStates = ['succeeded', 'partially_succeeded', 'failed', 'cancelled', 'timed_out'] as const;

/** A state in which a job ends. */
export type FinalState = (typeof finalStates)[number];

/** What a job can be doing, in the order of its life. */
export const jobStates = ['queued', 'scheduled', 'submitting', 'running', 'storing', ...finalStates] as const;

export type JobState = (typeof jobStates)[number];

/** Whether nothing more will happen to a job in this state. */
export const isFinal = (state: JobState): state is FinalState => finalStates.some((final) => final === state);

/** Whether a job in this state has outputs to show, all of them or some. */
export const hasOutputs = (state: JobState): boolean => state === 'succeeded' || state === 'partially_succeeded';

/** What a record keeps of a job's error. */
export const jobError = once(() =>
  z.object({
    code: z.string(),
    message: z.string(),
    /** HTTP status of Adobe's answer, if there was one. */
    upstreamStatus: z.number().optional(),
    /** The wrong fields, where Adobe named them. */
    validationErrors: z
      .array(z.object({ loc: z.array(z.union([z.string(), z.number()])), msg: z.string(), type: z.string() }))
      .optional(),
  }),
);

/** Why a job ended other than by success; code and message are Adobe's where Adobe gave them. */
export type JobError = z.output<ReturnType<typeof jobError>>;

const upstreamJob = once(() =>
  z.object({
    jobId: z.string().optional(),
    /** Absent if Adobe answered with the result. */
    statusUrl: z.string().optional(),
    cancelUrl: z.string().optional(),
    /** ISO time at which Adobe accepted the job. */
    acceptedAt: z.string(),
  }),
);

/** Where Adobe keeps the job: the URLs are called exactly as Adobe returned them. */
export type UpstreamJob = z.output<ReturnType<typeof upstreamJob>>;

const lostAnswer = once(() => z.object({ reason: z.string(), upstreamStatus: z.number().optional(), at: z.string() }));

const jobOutput = once(() =>
  z.object({
    bucket: z.string(),
    key: z.string(),
    sha256: z.string(),
    bytes: z.number(),
    contentType: z.string(),
    seed: z.number().optional(),
    /** What else Adobe said about the output, such as a name. */
    fields: z.record(z.string(), z.unknown()).optional(),
    /** Its place in Adobe's list, from 0, if outputs before it are missing. */
    index: z.number().optional(),
    /** Adobe's answer had its content in place of a URL. */
    isEmbedded: z.literal(true).optional(),
  }),
);

/** One stored output, in Adobe's order. */
export type JobOutput = z.output<ReturnType<typeof jobOutput>>;

/** Why an output that was asked for is not there. */
export const outputError = once(() =>
  z.object({
    /** Its place among the outputs as Adobe returned them, from 0; absent for one that Adobe did not return. */
    index: z.int().optional(),
    code: z.string(),
    message: z.string(),
  }),
);

/** Why an output that was asked for is not there. */
export type OutputError = z.output<ReturnType<typeof outputError>>;

const stateChange = once(() => z.object({ state: z.enum(jobStates), at: z.string() }));

/** One entry of a job's life: the state it entered and when (ISO). */
export type JobStateChange = z.output<ReturnType<typeof stateChange>>;

const heldPermit = once(() => z.object({ window: z.number(), index: z.number(), until: z.number() }));

/** A permit that a turn holds, of a window by its length in seconds; `until` (epoch ms) tells this claim from every other one of the same permit. */
export type HeldPermit = z.output<ReturnType<typeof heldPermit>>;

/** What the record of a job holds; the table's own attributes, for keys and indexes, are not part of the job. */
export const jobSchema = once(() =>
  z.object({
    jobId: z.string(),
    caller: z.string(),
    /** Name of the Firefly operation, such as `images/generate`. */
    operation: z.string(),
    /** Queue and quota under which it is submitted. */
    lane: z.string(),
    /** Sent as `x-model-version`: the caller's, or the default; none where the operation takes none. */
    modelVersion: z.string().optional(),
    /** SHA-256 of operation, model version and canonical body; tells a repeated request from another one. */
    requestHash: z.string(),
    /** The item of its record holds its request, which is short; else the request is an item of its own: see request-store.ts. */
    holdsRequest: z.literal(true).optional(),
    priority: z.enum(priorities),
    rank: z.string(),
    round: z.number(),
    state: z.enum(jobStates),
    history: z.array(stateChange()),
    createdAt: z.string(),
    updatedAt: z.string(),
    /** How often the job was given a permit; names the durable execution. */
    turn: z.number(),
    /** Submits that Adobe answered with 408, 500 or 503, or refused for what may have been a lost upload. */
    attempts: z.number(),
    /** Turns in a row that ended before the fence for a reason of the job's own; see lanes/lost-turns.ts. */
    lostTurns: z.number().optional(),
    /** ISO time before which the job, though queued, gets no turn: others go first. */
    delayedUntil: z.string().optional(),
    /** How often in a row Adobe refused the token of a submit; the second time the token was a new one. */
    tokenRefusals: z.number().optional(),
    /**
     * How often the credential was refused for this job, or the request intercepted: at all, and while the lane was open, so that other jobs had been
     * accepted since the refusal before.
     */
    accessRefusals: z.object({ all: z.number(), open: z.number() }).optional(),
    /** Epoch ms from which on the current turn may be submitted. */
    submitAt: z.number().optional(),
    /** Epoch ms until which the current turn may be submitted. */
    submitBy: z.number().optional(),
    /** Permits of the current turn, one for each window that is planned by permits. */
    permits: z.array(heldPermit()).optional(),
    upstream: upstreamJob().optional(),
    /** Adobe accepted it as the trial after a pause: its success may show that the pause is over. */
    isTrial: z.literal(true).optional(),
    /** How many outputs the request of this turn told Adobe to write under `incoming/`. */
    incoming: z.number().optional(),
    /** Set where the answer to the submit was lost, and the outputs under `incoming/` will tell; `upstream` says since when. */
    lostAnswer: lostAnswer().optional(),
    /** What Adobe said about the finished job besides its outputs, as its operation presents it to callers. */
    result: z.record(z.string(), z.unknown()).optional(),
    outputs: z.array(jobOutput()).optional(),
    /** What the function thumbnail found out about the outputs; see inspection.ts. */
    inspections: inspectionsSchema().optional(),
    /** ISO time at which an output was inspected last. It may be later than `updatedAt`, which generate times its own work by. */
    inspectedAt: z.string().optional(),
    /** How many outputs the request asks for; known once Adobe has finished the job, as is the next. */
    requested: z.number().optional(),
    /** How many outputs Adobe made. */
    received: z.number().optional(),
    /** How many places Adobe's list of outputs has, if it lists some that it could not make. */
    listed: z.number().optional(),
    /** The record has the beginning only of its outputs, errors or result: job.json has all. */
    isAbridged: z.literal(true).optional(),
    /** One entry for each output that is missing. */
    errors: z.array(outputError()).optional(),
    error: jobError().optional(),
    /** What the caller should know though the request was accepted, such as fields that Adobe does not document. */
    warnings: z.array(z.string()),
    /** Set by a cancel request while Adobe may be working on the job. */
    cancelRequestedAt: z.string().optional(),
    finishedAt: z.string().optional(),
    /** How long the record is kept after the end, in seconds. */
    retentionSeconds: z.number(),
    /** How often a new durable execution took over after the first had died. */
    resumes: z.number(),
    /** The batch whose line the job is. */
    batchId: z.string().optional(),
    /** Number of the line in its batch, from 1. */
    line: z.number().optional(),
    /** The caller's own id of the line. */
    lineId: z.string().optional(),
    /** Where the line stands in its file: number of the line or, in a table, of the row, from 1. */
    row: z.number().optional(),
    /** Cells of the caller's own columns beside the request, in the order of the batch's `columns`. */
    columns: z.array(z.string()).optional(),
    /** How its outputs are called; by their number, from 0, if absent. */
    outputName: outputNameSchema().optional(),
    /** What it is expected to cost, in thousandths of an Operation, and for how many outputs. */
    cost: z.object({ estimated: z.int(), outputs: z.int() }).optional(),
    /** Whether its request names inputs that each turn prepares; unknown of jobs of earlier versions. */
    hasInputs: z.boolean().optional(),
    /** What the caller calls the job by, such as a campaign; tags of its outputs, and a dimension of usage. */
    labels: z.record(z.string(), z.string()).optional(),
    /** Set by its caller. */
    favourite: z.literal(true).optional(),
    /** Those of its outputs; until there are some, those that the request names. */
    seeds: z.array(z.number()).optional(),
    /** The earlier job whose outputs answered the request, instead of Adobe. */
    reusedFrom: z.string().optional(),
  }),
);

/** A request for an Adobe operation and everything that happened to it. Times are ISO strings. */
export type Job = z.output<ReturnType<typeof jobSchema>>;

/** The request body for Adobe that a job was made from: an object, as every body is checked before it becomes a job. */
export const requestOf = ({ request }: Pick<NewJob, 'request'>): Record<string, unknown> => JSON.parse(request);

/** The same to be passed on or shown: its numbers are written as the caller wrote them, see {@link parseExactly}. */
export const exactRequestOf = ({ request }: Pick<NewJob, 'request'>): Record<string, unknown> =>
  parseExactly(request) as Record<string, unknown>;

/** What a caller's request needs before it is a job. */
export interface NewJob extends NewRecord {
  /** The request body for Adobe, as the text that the caller wrote: see {@link requestOf}. */
  request: string;
  /** Secrets of the caller that go to Adobe as headers, by their names. */
  secretHeaders?: Readonly<Record<string, string>>;
}

type NewRecord = Pick<
  Job,
  | 'jobId'
  | 'caller'
  | 'operation'
  | 'lane'
  | 'modelVersion'
  | 'requestHash'
  | 'priority'
  | 'warnings'
  | 'retentionSeconds'
  | 'batchId'
  | 'line'
  | 'lineId'
  | 'row'
  | 'columns'
  | 'outputName'
  | 'cost'
  | 'hasInputs'
  | 'labels'
>;

/** Identifies one turn of one job: what is started under a permit. */
export interface Turn {
  jobId: string;
  turn: number;
}
