import * as z from 'zod';
import { shownCost } from '#shared/jobs/stored-cost.ts';
import { once } from '#shared/once.ts';
import { problem } from '../http/problem.ts';
import { waitFields } from '../jobs/wait-estimate.ts';

/** What `POST /estimates` takes: a request as it would be sent. */
export const estimateRequest = once(() =>
  z
    .strictObject({
      path: z.string().max(200).meta({ description: 'Path of the operation', example: '/v3/images/generate-async' }),
      headers: z.record(z.string().max(100), z.string().max(8_192)).optional().meta({
        description: 'Those of the request that change its outcome, such as `x-model-version` and `x-priority`',
      }),
      body: z.unknown().meta({ description: 'The body of the request, as JSON' }),
    })
    .meta({ id: 'EstimateRequest' }),
);

/** What `POST /estimates` answers. */
export const estimate = once(() =>
  z
    .object({
      operation: z.string(),
      modelVersion: z
        .string()
        .optional()
        .meta({ description: 'Sent to Adobe: the one that was given, or the default' }),
      cost: shownCost().pick({ estimated: true, unit: true }).optional(),
      outputs: z.int().optional().meta({ description: 'How many outputs the request asks for' }),
      ...waitFields(),
      warnings: z.array(z.string()).meta({ description: 'What the answer to the request would warn of' }),
      problem: problem().optional().meta({
        description:
          'The error that the request would get, with all fields that are wrong; absent if it would be accepted',
      }),
    })
    .meta({
      id: 'Estimate',
      description: 'What a request would cost and when it would run, or why it would be refused',
    }),
);

/** What a request would cost and when it would run, or why it would be refused. */
export type Estimate = z.output<ReturnType<typeof estimate>>;
