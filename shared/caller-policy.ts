import * as z from 'zod';
import { priorities } from './priority.ts';

const count = z.int().min(0).max(1_000_000_000);
const names = z.array(z.string().min(1).max(200)).max(200);

/** What a caller may do and how much; what a policy leaves out is not limited by it. */
export const callerPolicySchema = z.strictObject({
  /** Operations by name, such as `images/generate`. */
  operations: names.optional(),
  /** Values of `x-model-version`. */
  modelVersions: names.optional(),
  /** Custom models by id; an empty list allows none. */
  customModels: names.optional(),
  /** The best priority a job may have; a better one that is asked for becomes this one, with a warning. */
  maxPriority: z.enum(priorities).optional(),
  /** A text file in S3 with words that no prompt may have: a key below `policies/` of the gateway's bucket, or `s3://bucket/key`. */
  deniedWords: z
    .string()
    .max(1_100)
    .regex(/^(policies\/|s3:\/\/[^/]+\/)./, 'must be a key below policies/ or s3://bucket/key')
    .optional(),
  /** Outputs that one request may ask for. */
  maxVariations: count.min(1).optional(),
  /** Jobs that may wait or be under way at once. */
  queuedJobs: count.optional(),
  /** Requests of a UTC day. */
  requestsPerDay: count.optional(),
  /** What the jobs of a UTC day may cost, in Operations. */
  operationsPerDay: count.optional(),
  /** What the jobs of a UTC calendar month may cost, in Operations. */
  operationsPerMonth: count.optional(),
  /** Batches that may be under way at once. */
  openBatches: count.optional(),
  /** Webhooks that may exist at once. */
  webhooks: count.optional(),
});

/** What a caller may do and how much. */
export type CallerPolicy = z.output<typeof callerPolicySchema>;
