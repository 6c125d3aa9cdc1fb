import * as z from 'zod';
import { once } from '../once.ts';

/** The steps in which Secrets Manager rotates a secret (AWS). */
export const rotationSteps = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'] as const;

/** Reads what Secrets Manager invokes a rotation function with (AWS). */
export const stepSchema = once(() =>
  z.object({
    Step: z.enum(rotationSteps),
    SecretId: z.string(),
    ClientRequestToken: z.string(),
  }),
);

/** What Secrets Manager invokes a rotation function with (AWS). */
export type StepEvent = z.output<ReturnType<typeof stepSchema>>;
