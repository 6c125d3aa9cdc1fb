import { UnknownOperationError } from '#shared/adobe/services/registry.ts';
import { GatewayError } from '#shared/errors.ts';
import type { JobError } from '#shared/jobs/job.ts';

/** How a job ends whose request cannot be built from what its record holds. */
export const unsendable: JobError = {
  code: 'request_unsendable',
  message: 'The request cannot be built from what is stored of it. Nothing was sent; send the request again.',
};

/** How a job ends that has waited longer than its request is kept. */
export const requestLost: JobError = {
  code: 'request_expired',
  message: 'The job has waited for so long that its request is not kept any more. Send it again.',
};

/**
 * Whether a failure before the submit comes of what the job holds and would come again in every turn. An operation that this
 * version does not know is no such failure: a later version may have been rolled back for an hour.
 */
export const isOfJob = (error: unknown): boolean =>
  error instanceof SyntaxError ||
  error instanceof TypeError ||
  error instanceof RangeError ||
  (error instanceof GatewayError && !(error instanceof UnknownOperationError));

/** Why a turn was lost to a failure that may pass. AWS's own messages are for the log only: they may name keys. */
export const describeLost = (error: unknown): JobError => ({
  code: 'turn_failed',
  message: error instanceof GatewayError ? error.message : 'A step before the submit failed; the log says why.',
});
