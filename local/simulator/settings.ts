import * as z from 'zod';

const milliseconds = z.int().nonnegative();

const requestLimits = z.strictObject({
  windows: z.array(z.strictObject({ seconds: z.number().positive(), limit: z.int().positive() })),
  perDay: z.int().positive().optional(),
});

/** How the simulated Adobe behaves; every value can be changed while it runs. */
export const settingsSchema = z.strictObject({
  /** Firefly: generation requests in any sliding 60 s window, by arrival. */
  requestsPerMinute: z.int().positive(),
  /** Firefly: generation requests in a UTC day. */
  requestsPerDay: z.int().positive(),
  /** Adobe's spec calls `retry-after` a date, its guide shows seconds. */
  retryAfterFormat: z.enum(['seconds', 'http-date']),
  /** Firefly: how long the answer to a generation request is held back, in wall-clock ms. */
  acceptMs: milliseconds,
  /** Firefly: refuses uploads that it does not know, and those older than 7 days. */
  checkUploads: z.boolean(),
  /** Firefly: the largest image that the storage takes, in bytes; Adobe states none. */
  maxUploadBytes: z.int().positive(),
  /** Base of the status and cancel URLs, for jobs that live on a shard of their own; null is the usual base. */
  shardBase: z.string().nullable(),
  /** Firefly: how links are written where an answer has no job id; Adobe documents objects. */
  linkStyle: z.enum(['object', 'string']),
  /** Firefly: the word for a job that was cancelled by request. */
  cancelledWord: z.enum(['cancelled', 'canceled']),
  /** Firefly: how the list of custom models writes dates; Adobe's spec and sample differ. */
  customModelDates: z.enum(['string', 'epoch']),
  /** How long a job is `pending`. */
  pendingMs: milliseconds,
  /** How long a job is `running`. */
  generationMs: milliseconds,
  outputUrlLifetimeMs: milliseconds,
  outputFormat: z.enum(['jpeg', 'png']),
  /** Firefly serves this many bytes of filler in place of pictures, the others fill their files up to it; null does neither. */
  outputBytes: z.int().nonnegative().nullable(),
  /** IMS: lifetime of an access token. */
  tokenLifetimeMs: milliseconds,
  /** IMS: v3 answers `expires_in` in seconds, older versions in milliseconds. */
  expiresInUnit: z.enum(['seconds', 'milliseconds']),
  /** IMS: answers 429 beyond this many tokens in 60 s; Adobe throttles but names no figure, null never does. */
  tokensPerMinute: z.int().positive().nullable(),
  /** I/O Management: Adobe's guide answers add and delete with 201 and 204, its internal spec with 200 and 200. */
  secretStatuses: z.enum(['guide', 'internal-spec']),
  /** How long IMS refuses a new secret; Adobe states no figure. */
  secretPropagationMs: milliseconds,
  /** Whether tokens die with the secret they were minted with; at Adobe they seem to live on. */
  revokeTokensWithSecret: z.boolean(),
  /** Limits of services other than Firefly, by the names of their quotas, in place of Adobe's. */
  quotas: z.record(z.string(), requestLimits),
  /** Services, by their ids, to which the credential is not entitled. */
  unentitled: z.array(z.string()),
  /** How long a status outlives its job where a service forgets it; null is Adobe's time. */
  statusLifetimeMs: milliseconds.nullable(),
  /** Origins that stand in for S3 on loopback: services take inputs from them as from a bucket, without https. */
  storageOrigins: z.array(z.string()),
});

/** How the simulated Adobe behaves. */
export type SimulatorSettings = z.output<typeof settingsSchema>;

/** Adobe's defaults where it documents one: 4 a minute, 9,000 a day, 24 h tokens, 1 h output URLs, JPEG. */
export const defaultSettings: SimulatorSettings = {
  requestsPerMinute: 4,
  requestsPerDay: 9000,
  retryAfterFormat: 'seconds',
  acceptMs: 0,
  checkUploads: true,
  maxUploadBytes: 20 * 1024 * 1024,
  shardBase: null,
  linkStyle: 'object',
  cancelledWord: 'cancelled',
  customModelDates: 'string',
  pendingMs: 500,
  generationMs: 2000,
  outputUrlLifetimeMs: 3_600_000,
  outputFormat: 'jpeg',
  outputBytes: null,
  tokenLifetimeMs: 86_400_000,
  expiresInUnit: 'seconds',
  tokensPerMinute: null,
  secretStatuses: 'guide',
  secretPropagationMs: 0,
  revokeTokensWithSecret: false,
  quotas: {},
  unentitled: [],
  statusLifetimeMs: null,
  storageOrigins: [],
};
