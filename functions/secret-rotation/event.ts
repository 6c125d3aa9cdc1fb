import * as z from 'zod';
import { stepSchema } from '#shared/aws/rotation-event.ts';
import { once } from '#shared/once.ts';

/**
 * What the function is invoked with: a step by Secrets Manager, `daily` by its schedule, `retire-now` by an operator
 * with the uuid of the secret to delete as confirmation.
 */
export const eventSchema = once(() =>
  z.union([
    stepSchema(),
    z.object({ action: z.literal('daily') }),
    z.object({ action: z.literal('retire-now'), confirm: z.string().optional() }),
  ]),
);
