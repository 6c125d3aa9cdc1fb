import * as z from 'zod';
import { once } from './once.ts';
import { priorities } from './priority.ts';

const count = once(() => z.int().min(0).max(1_000_000_000));
const names = once(() => z.array(z.string().min(1).max(200)).max(200));

/** What a caller may do and how much; what a policy leaves out is not limited by it. */
export const callerPolicySchema = once(() =>
  z.strictObject({
    operations: names().optional().meta({ description: 'Operations by name, such as `images/generate`' }),
    modelVersions: names().optional().meta({ description: 'Values of `x-model-version`' }),
    customModels: names().optional().meta({ description: 'Custom models by id; an empty list allows none' }),
    maxPriority: z.enum(priorities).optional().meta({
      description: 'The best priority a job may have; a better one that is asked for becomes this one, with a warning',
    }),
    deniedWords: z
      .string()
      .max(1_100)
      .regex(/^(policies\/|s3:\/\/[^/]+\/)./, 'must be a key below policies/ or s3://bucket/key')
      .optional()
      .meta({
        description:
          "A text file in S3 with words that no prompt may have: a key below `policies/` of the gateway's bucket, or `s3://bucket/key`",
      }),
    maxVariations: count().min(1).optional().meta({ description: 'Outputs that one request may ask for' }),
    queuedJobs: count().optional().meta({ description: 'Jobs that may wait or be under way at once' }),
    requestsPerDay: count().optional().meta({ description: 'Requests of a UTC day' }),
    operationsPerDay: count().optional().meta({ description: 'What the jobs of a UTC day may cost, in Operations' }),
    operationsPerMonth: count()
      .optional()
      .meta({ description: 'What the jobs of a UTC calendar month may cost, in Operations' }),
    openBatches: count().optional().meta({ description: 'Batches that may be under way at once' }),
    webhooks: count().optional().meta({ description: 'Webhooks that may exist at once' }),
  }),
);

/** What a caller may do and how much. */
export type CallerPolicy = z.output<ReturnType<typeof callerPolicySchema>>;
