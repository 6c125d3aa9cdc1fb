import * as z from 'zod';

/** Which requests a fault meets; what is not named matches all. */
const where = {
  /** Such as `ims`, `firefly`, `outputs`, or the id of another service. */
  service: z.string().optional(),
  method: z.string().optional(),
  /** A part of the path. */
  path: z.string().optional(),
  /** Lets this many matching requests pass first. */
  skip: z.int().nonnegative().default(0),
  /** Ends after this many matching requests; unlimited when absent. */
  times: z.int().positive().optional(),
};

/** `none`: answered in place of the service. `done`: the service does its work first, and its answer is replaced. */
const effect = z.enum(['none', 'done']).default('none');

const milliseconds = z.int().nonnegative();
const headers = z.record(z.string(), z.string());
const body = z.union([z.string(), z.record(z.string(), z.unknown()), z.array(z.unknown())]);

/** Holds a request back before the service sees it, in wall-clock ms. */
const latency = z.strictObject({ fault: z.literal('latency'), ms: milliseconds, ...where });

/** Closes the connection: `none` before the service sees the request, `done` after its work (a lost answer). */
const drop = z.strictObject({ fault: z.literal('drop'), effect, ...where });

/** Any answer; a body that is not a string is sent as JSON. */
const answer = z.strictObject({
  fault: z.literal('answer'),
  status: z.int().min(200).max(599),
  headers: headers.default({}),
  body: body.optional(),
  effect,
  ...where,
});

/** Changes parts of the service's own answer; `truncateAt` ends the connection after so many bytes of the body. */
const alter = z.strictObject({
  fault: z.literal('alter'),
  status: z.int().min(200).max(599).optional(),
  headers: headers.default({}),
  body: z.string().optional(),
  truncateAt: z.int().nonnegative().optional(),
  ...where,
});

/** 429 with `retry-after`, `seconds` from now. */
const rateLimited = z.strictObject({
  fault: z.literal('rate_limited'),
  seconds: z.number().nonnegative().default(60),
  format: z.enum(['seconds', 'http-date']).default('seconds'),
  level: z.enum(['org', 'account']).default('org'),
  effect,
  ...where,
});

/** 500 in the service's words, or without a body that names an error. */
const serverError = z.strictObject({
  fault: z.literal('server_error'),
  errorCode: z.boolean().default(true),
  effect,
  ...where,
});

/** Answers that need nothing but their name. */
const named = z.strictObject({
  fault: z.enum([
    'bad_gateway',
    'gateway_timeout',
    'request_timeout',
    'unavailable',
    'quota_exhausted',
    'prompt_unsafe',
    'input_media_unsafe',
    'output_media_unsafe',
    'language_not_supported',
  ]),
  effect,
  ...where,
});

/** What becomes of the next accepted jobs. */
const job = z.strictObject({
  fault: z.literal('job'),
  service: where.service,
  path: where.path,
  /** `canceled` is the other spelling of `cancelled`; `cancel_pending` becomes `cancelled` after `cancelPendingMs`. */
  outcome: z.enum(['succeeded', 'failed', 'cancelled', 'canceled', 'timeout', 'cancel_pending']).default('succeeded'),
  /** How many outputs, the first ones, cannot be made, each with `errorCode`; of Firefly `filteredOutputs` plays that. */
  failedOutputs: z.int().nonnegative().default(0),
  errorCode: z.string().optional(),
  message: z.string().optional(),
  pendingMs: milliseconds.optional(),
  generationMs: milliseconds.optional(),
  cancelPendingMs: milliseconds.default(1000),
  /** A status word in place of `running`. */
  runningWord: z.string().default('running'),
  /** Gives the job's id without its URN prefix in bodies of unfinished jobs. */
  bareJobId: z.boolean().default(false),
  /** How many outputs, the first ones, the content filter takes out. */
  filteredOutputs: z.int().nonnegative().default(0),
  /** Base of the output URLs, for example another host. */
  outputBase: z.string().optional(),
  /** Meets only jobs whose prompt contains this. */
  prompt: z.string().optional(),
  skip: where.skip,
  times: where.times,
});

/** A fault that meets requests. */
export const requestFaultSchema = z.discriminatedUnion('fault', [
  latency,
  drop,
  answer,
  alter,
  rateLimited,
  serverError,
  named,
]);

/** Every fault that can be switched on. */
export const faultSchema = z.union([requestFaultSchema, job]);

/** A fault as it is written, defaults left out. */
export type Fault = z.input<typeof faultSchema>;
/** A fault that meets requests, with its defaults. */
export type RequestFault = z.output<typeof requestFaultSchema>;
/** A fault that meets jobs, with its defaults. */
export type JobFault = z.output<typeof job>;
/** A fault that replaces the service's answer. */
export type AnswerFault = Exclude<RequestFault, { fault: 'latency' | 'drop' | 'alter' }>;
