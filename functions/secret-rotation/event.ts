import * as z from 'zod';

/** The steps in which Secrets Manager rotates a secret (AWS). */
export const rotationSteps = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'] as const;

const stepSchema = z.object({ Step: z.enum(rotationSteps), SecretId: z.string(), ClientRequestToken: z.string() });

/** What Secrets Manager invokes a rotation function with (AWS). */
export type StepEvent = z.output<typeof stepSchema>;

/**
 * What the function is invoked with: a step by Secrets Manager, `daily` by its schedule, `retire-now` by an operator
 * with the uuid of the secret to delete as confirmation.
 */
export const eventSchema = z.union([
  stepSchema,
  z.object({ action: z.literal('daily') }),
  z.object({ action: z.literal('retire-now'), confirm: z.string().optional() }),
]);
