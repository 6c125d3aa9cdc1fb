import type { OperationDefinition } from '#shared/adobe/services/operation.ts';
import { defaultModelVersion } from '#shared/adobe/services/operation-settings.ts';
import type { Job, NewJob } from '#shared/jobs/job.ts';
import { createJob, getJob } from '#shared/jobs/job-store.ts';
import { fireflyLane } from '#shared/jobs/lanes/lane.ts';
import { buildRank, takeRound } from '#shared/jobs/lanes/rounds.ts';
import { requestHashOf } from '#shared/jobs/request-hash.ts';
import type { Gateway } from '../context.ts';
import { ProblemError } from '../http/problem.ts';
import { requireInputs } from './inputs.ts';
import { jobIdOf } from './job-identity.ts';
import { createWakeDispatch } from './queue-hints.ts';
import type { GenerationRequest } from './request.ts';
import { reuse } from './reuse.ts';
import { createServedRounds } from './served-rounds.ts';

/** Takes a request into the queue, or finds the job that the same request made before. */
export type Accept = (operation: OperationDefinition, request: GenerationRequest, caller: string) => Promise<Job>;

/**
 * @throws {ProblemError} 422 if the idempotency key belongs to another request or an input cannot be used, 403 for an input
 * of others, 503 while there are no credentials
 */
export const createAccept = (gateway: Gateway, requireCredentials: () => Promise<void>): Accept => {
  const { table, log } = gateway;
  const wakeDispatch = createWakeDispatch(gateway);
  const servedRound = createServedRounds(gateway.table.clock);
  return async (operation, request, caller) => {
    await requireCredentials();
    const { modelVersion, priority, idempotencyKey, warnings } = request;
    const jobId = jobIdOf(gateway.stackName, caller, idempotencyKey);
    const requestHash = requestHashOf(operation.name, modelVersion, request.body);
    // Asking first keeps a repeated request from using up a round; who comes first is decided by the put below.
    const existing = idempotencyKey === undefined ? undefined : await getJob(table, jobId);
    if (existing !== undefined) return sameRequest(existing, requestHash);
    const inputsChangedAt = await requireInputs(gateway.inputs, caller, request.body);
    const newJob: NewJob = {
      jobId,
      caller,
      operation: operation.name,
      lane: fireflyLane,
      modelVersion: modelVersion ?? defaultModelVersion(operation, gateway.operations),
      request: JSON.stringify(request.body),
      requestHash,
      priority,
      warnings,
      retentionSeconds: gateway.retentionSeconds,
    };
    const reused = await reuse(gateway, newJob, { maxAgeSeconds: request.maxAgeSeconds, inputsChangedAt });
    if (reused !== undefined) return sameRequest(reused, requestHash);
    const round = await takeRound({ table, name: newJob.lane }, caller, priority, servedRound);
    const { created, job } = await createJob(table, newJob, { rank: buildRank(priority, round, jobId), round });
    if (!created) return sameRequest(job, requestHash);
    log.info('accepted', { jobId, operation: operation.name, modelVersion, priority });
    await wakeDispatch(newJob.lane);
    return job;
  };
};

const sameRequest = (job: Job, requestHash: string): Job => {
  if (job.requestHash === requestHash) return job;
  throw new ProblemError(
    422,
    'idempotency_key_reused',
    'The Idempotency-Key was used before with another request. Use a new key for a new request.',
    { validationErrors: [{ loc: ['header', 'Idempotency-Key'], msg: 'key of another request', type: 'value_error' }] },
  );
};
