import type { OperationDefinition } from '#shared/adobe/services/operation.ts';
import { defaultModelVersion } from '#shared/adobe/services/operation-settings.ts';
import { laneOf } from '#shared/adobe/services/registry.ts';
import type { Job, NewJob } from '#shared/jobs/job.ts';
import { createJob, getJob } from '#shared/jobs/job-store.ts';
import { buildRank, takeRound } from '#shared/jobs/lanes/rounds.ts';
import { requestHashOf } from '#shared/jobs/reuse.ts';
import type { ApiContext } from '../context.ts';
import { idempotencyKeyReused, maxWaitSeconds, readWait } from '../http/headers.ts';
import type { Route } from '../http/router.ts';
import { acceptedResponse, waitedResponse } from '../jobs/responses.ts';
import { describeGeneration } from './describe.ts';
import { requireInputs } from './inputs.ts';
import { createServedRounds, createThrottledTrigger } from './queue-hints.ts';
import { buildJobId, type GenerationRequest, readGenerationRequest } from './request.ts';
import { reuse } from './reuse.ts';
import { awaitJob } from './wait.ts';

/** Takes a request into the queue, or finds the job that the same request made before. */
export type AcceptRequest = (
  operation: OperationDefinition,
  request: GenerationRequest,
  caller: string,
) => Promise<Job>;

/** The calls of one operation: Adobe's own, and the synchronous one that Adobe removed. */
export const generationRoutes = (
  context: ApiContext,
  accept: AcceptRequest,
  operation: OperationDefinition,
): Route[] => {
  const route = (path: string, defaultWaitSeconds?: number): Route => ({
    method: 'POST',
    path,
    describe: describeGeneration(operation, path === operation.waitPath),
    handle: async (request) => {
      const caller = request.caller();
      const preferred = readWait(request.header('prefer'));
      const wanted = readGenerationRequest(request, operation, context.settings.operations);
      const job = await accept(operation, wanted, caller);
      const waitSeconds = preferred ?? defaultWaitSeconds;
      if (waitSeconds === undefined) return acceptedResponse(job, request);
      const latest = await awaitJob(context, job, request.startedAt + waitSeconds * 1000);
      const headers: Record<string, string> =
        preferred === undefined ? {} : { 'preference-applied': `wait=${preferred}` };
      return waitedResponse(context, latest, request, headers);
    },
  });
  const { path, waitPath } = operation;
  return [route(path), ...(waitPath === undefined ? [] : [route(waitPath, maxWaitSeconds)])];
};

/**
 * @throws {ProblemError} 422 if the idempotency key belongs to another request or an input cannot be used, 403 for an input
 * of others, 503 while there are no credentials
 */
export const createAcceptRequest = (context: ApiContext, requireCredentials: () => Promise<void>): AcceptRequest => {
  const { table, log, settings } = context;
  const triggerDispatch = createThrottledTrigger(context);
  const readServedRound = createServedRounds(table.clock);
  return async (operation, request, caller) => {
    await requireCredentials();
    const { modelVersion, priority, idempotencyKey, warnings } = request;
    const jobId = buildJobId(settings.stackName, caller, idempotencyKey);
    const requestHash = requestHashOf(operation.name, modelVersion, request.body);
    // The look-up keeps a repeated request from using up a round; the put below decides which of two requests is first.
    const existing = idempotencyKey === undefined ? undefined : await getJob(table, jobId);
    if (existing !== undefined) return requireSameRequest(existing, requestHash);
    const inputsChangedAt = await requireInputs(context.inputs, operation, { caller, body: request.body });
    const newJob: NewJob = {
      jobId,
      caller,
      operation: operation.name,
      lane: laneOf(operation).name,
      modelVersion: modelVersion ?? defaultModelVersion(operation, settings.operations),
      request: request.text,
      requestHash,
      priority,
      warnings,
      retentionSeconds: settings.retentionSeconds,
    };
    const reused = await reuse(context, newJob, { maxAgeSeconds: request.maxAgeSeconds, inputsChangedAt });
    if (reused !== undefined) return requireSameRequest(reused, requestHash);
    const round = await takeRound({ table, name: newJob.lane }, caller, priority, readServedRound);
    const { created, job } = await createJob(table, newJob, { rank: buildRank(priority, round, jobId), round });
    if (!created) return requireSameRequest(job, requestHash);
    log.info('accepted', { jobId, operation: operation.name, modelVersion, priority });
    await triggerDispatch(newJob.lane);
    return job;
  };
};

const requireSameRequest = (job: Job, requestHash: string): Job => {
  if (job.requestHash === requestHash) return job;
  throw idempotencyKeyReused();
};
