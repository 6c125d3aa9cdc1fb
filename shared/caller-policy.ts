import * as z from 'zod/mini';
import { once } from './once.ts';
import { priorities } from './priority.ts';

const count = once(() => z.int().check(z.gte(0), z.lte(1_000_000_000)));
const names = once(() => z.array(z.string().check(z.minLength(1), z.maxLength(200))).check(z.maxLength(200)));

const optional = <Schema extends z.core.$ZodType>(schema: Schema, description: string) =>
  z.optional(schema).check(z.meta({ description }));

/** What a caller may do and how much; what a policy leaves out is not limited by it. */
export const callerPolicySchema = once(() =>
  z.strictObject({
    operations: optional(names(), 'Operations by name, such as `images/generate`'),
    modelVersions: optional(names(), 'Values of `x-model-version`'),
    customModels: optional(names(), 'Custom models by id; an empty list allows none'),
    maxPriority: optional(
      z.enum(priorities),
      'The best priority a job may have; a better one that is asked for becomes this one, with a warning',
    ),
    deniedWords: optional(
      z
        .string()
        .check(
          z.maxLength(1_100),
          z.regex(/^(policies\/|s3:\/\/[^/]+\/)./, 'must be a key below policies/ or s3://bucket/key'),
        ),
      "A text file in S3 with words that no prompt may have: a key below `policies/` of the gateway's bucket, or `s3://bucket/key`",
    ),
    maxVariations: optional(count().check(z.gte(1)), 'Outputs that one request may ask for'),
    queuedJobs: optional(count(), 'Jobs that may wait or be under way at once'),
    requestsPerDay: optional(count(), 'Requests of a UTC day'),
    operationsPerDay: optional(count(), 'What the jobs of a UTC day may cost, in Operations'),
    operationsPerMonth: optional(count(), 'What the jobs of a UTC calendar month may cost, in Operations'),
    openBatches: optional(count(), 'Batches that may be under way at once'),
    webhooks: optional(count(), 'Webhooks that may exist at once'),
  }),
);

/** What a caller may do and how much. */
export type CallerPolicy = z.output<ReturnType<typeof callerPolicySchema>>;
