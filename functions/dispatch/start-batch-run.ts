import type { Work } from '#shared/batches/batch-progress.ts';

/** Starts a durable execution that does what there is to do for a batch; the same work starts only once. */
export type StartRun = (work: Work, executionName: string) => Promise<void>;

/** Name of the durable execution (Lambda: at most 64 characters of a-z, A-Z, 0-9, `-`, `_`). */
export const runName = ({ batchId, work }: Work): string => `${batchId}-${work}`;
