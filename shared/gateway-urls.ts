/** The gateway's record of a job; `base` is the gateway's own URL, without a slash at its end. */
export const jobUrl = (base: string, jobId: string): string => `${base}/jobs/${jobId}`;

/** The stable address of one output, counted from 0: it redirects to a URL that is signed when it is asked for. */
export const outputUrl = (base: string, jobId: string, index: number): string =>
  `${jobUrl(base, jobId)}/outputs/${index}`;

/** The gateway's record of a batch. */
export const batchUrl = (base: string, batchId: string): string => `${base}/batches/${batchId}`;
