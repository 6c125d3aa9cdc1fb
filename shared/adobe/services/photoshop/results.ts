import * as z from 'zod';
import { once } from '../../../once.ts';
import type { PollingPolicy } from '../operation.ts';
import { templateResult } from '../result-template.ts';

/** Adobe: 5 s, then half as long again each time up to 30 s; a job without activity for an hour is failed. */
export const photoshopPolling: PollingPolicy = { firstPollSeconds: 5, pollCeilingSeconds: 30, timeoutSeconds: 4_500 };

const output = once(() =>
  z.looseObject({
    destination: z
      .looseObject({ url: z.url().optional(), embedded: z.enum(['string', 'base64', 'json']).optional() })
      .optional(),
    mediaType: z.string().optional(),
  }),
);

/** `result.outputs[]`, each with a URL or with its content (Adobe; the examples differ on where the URL stands). */
export const photoshopResult = templateResult({
  schema: once(() => z.object({ outputs: z.array(output()) })),
  outputs: ['result.outputs[].destination.url', 'result.outputs[].url'],
  embedded: [{ at: 'result.outputs[].destination.content' }],
  required: ['result.outputs[]'],
});
