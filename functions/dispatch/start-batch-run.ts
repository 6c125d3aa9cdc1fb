import type { BatchRun } from '#shared/batches/batch-progress.ts';

/** Starts a durable execution that does what there is to do for a batch; the same run starts only once. */
export type StartRun = (run: BatchRun, executionName: string) => Promise<void>;

/** Name of the durable execution (Lambda: at most 64 characters of a-z, A-Z, 0-9, `-`, `_`). */
export const runName = ({ batchId, run }: BatchRun): string => `${batchId}-${run}`;
