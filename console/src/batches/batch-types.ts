import type * as z from 'zod';
import type { batchLine } from '#functions/api/batches/line-view.ts';
import type { batchSchema } from '#functions/api/batches/view.ts';

/** A batch as the API shows it. */
export type Batch = z.output<ReturnType<typeof batchSchema>>;

/** What became of a line. */
export type BatchLine = z.output<ReturnType<typeof batchLine>>;
