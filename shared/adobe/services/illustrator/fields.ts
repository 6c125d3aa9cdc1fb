import * as z from 'zod';
import type { PollingPolicy } from '../operation.ts';

/** A rendition takes seconds, a merge of thousands of rows minutes. */
export const artworkPolling: PollingPolicy = { firstPollSeconds: 3, pollCeilingSeconds: 30, timeoutSeconds: 7_200 };

/** A file that Adobe fetches. */
export const source = z.strictObject({ url: z.string().min(1) });
