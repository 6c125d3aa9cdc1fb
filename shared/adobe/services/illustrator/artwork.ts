import * as z from 'zod';
import { once } from '../../../once.ts';
import { resultWithErrorsBeside } from '../errors-beside.ts';
import type { PollingPolicy } from '../operation.ts';

/** A rendition takes seconds, a merge of thousands of rows minutes. */
export const artworkPolling: PollingPolicy = { firstPollSeconds: 3, pollCeilingSeconds: 30, timeoutSeconds: 7_200 };

/** A file that Adobe fetches. */
export const source = once(() => z.strictObject({ url: z.string().min(1) }));

const output = once(() => ({
  destination: z.looseObject({ url: z.url() }),
  mediaType: z.string().optional(),
}));

/** The files in the order of artboards, or the one that was traced. */
export const fileResult = resultWithErrorsBeside({
  schema: once(() => z.object({ outputs: z.array(z.looseObject(output())) })),
  outputs: ['outputs[].destination.url'],
});

const row = once(() => z.int());

const rowRange = once(() => z.looseObject({ start: row(), end: row() }));

/** A file for each row of the data; rows that failed, and ranges of rows to be sent again, beside them. */
export const mergeResult = resultWithErrorsBeside({
  schema: once(() =>
    z.object({
      outputs: z.array(z.looseObject({ row: row().optional(), ...output() })),
      errors: z.array(z.looseObject({ row: row().optional(), error_code: z.string(), message: z.string() })).optional(),
      needsRerun: z.array(z.looseObject({ rowRange: rowRange() })).optional(),
    }),
  ),
  outputs: ['outputs[].destination.url'],
});
