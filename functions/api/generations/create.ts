import type { OperationDefinition } from '#shared/adobe/services/operation.ts';
import { isReusable, laneOf } from '#shared/adobe/services/registry.ts';
import { type Admission, admitJobs, returnAdmission } from '#shared/callers/admission.ts';
import { hasPreparedInputs } from '#shared/inputs/check-inputs.ts';
import { findExpiringUrls, warnOfExpiry } from '#shared/inputs/expiring-urls.ts';
import type { Job, NewJob } from '#shared/jobs/job.ts';
import { createJob, createReusingJob, getJob, type JobPlace } from '#shared/jobs/job-store.ts';
import { takePlaces, toPlace } from '#shared/jobs/lanes/held-jobs.ts';
import { createRoundBlocks } from '#shared/jobs/lanes/round-blocks.ts';
import { findReusable, requestHashOf } from '#shared/jobs/reuse.ts';
import { isRefusedWrite } from '#shared/jobs/set-aside.ts';
import { once } from '#shared/once.ts';
import { tryPublishEnded } from '#shared/outbox/publish-ended.ts';
import { reserveCost, returnCost } from '#shared/usage/reserve-cost.ts';
import type { ApiContext } from '../context.ts';
import { type Actor, audit } from '../http/audit.ts';
import { requireService } from '../http/credentials-guard.ts';
import { idempotencyKeyReused, maxWaitSeconds, readWait } from '../http/headers.ts';
import { ProblemError } from '../http/problem.ts';
import type { Route } from '../http/router.ts';
import { acceptedResponse, waitedResponse } from '../jobs/responses.ts';
import { assessRequest } from './assess.ts';
import { awaitJob, estimateStart } from './await-job.ts';
import { describeGeneration } from './describe.ts';
import { readForm } from './form-body.ts';
import { presentRefusal } from './present-refusal.ts';
import { callerPausedWarning, createCallerPauses, createServedRounds, createThrottledTrigger } from './queue-hints.ts';
import { buildJobId, type GenerationRequest, readGenerationRequest } from './request.ts';

/** Takes a request into the queue, or finds the job that the same request made before. */
export type AcceptRequest = (operation: OperationDefinition, request: GenerationRequest, from: Actor) => Promise<Job>;

// Beyond the time that a caller waits, for looking up what came of the job; ends before the function does.
const graceMs = 2_000;

/** @throws {Error} `TimeoutError` if the work takes longer */
const within = async <Result>(ms: number, work: Promise<Result>): Promise<Result> => {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new DOMException('It took too long.', 'TimeoutError')), ms);
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
};

/** The calls of one operation: Adobe's own, and the synchronous one that Adobe no longer documents. */
export const generationRoutes = (
  context: ApiContext,
  accept: AcceptRequest,
  operation: OperationDefinition,
): Route[] => {
  const describe = (path: string) => once(() => describeGeneration(operation, path === operation.waitPath));
  const route = (path: string, defaultWaitSeconds?: number, getDescription = describe(path)): Route => ({
    method: 'POST',
    path,
    get describe() {
      return getDescription();
    },
    refuse: (error) => presentRefusal(error, operation, context.table.clock),
    handle: async (request) => {
      const preferred = readWait(request.header('prefer'));
      const form = await readForm(context, request, operation);
      const sent = form === undefined ? request : { ...request, body: form.body };
      const wanted = readGenerationRequest(sent, operation, context.settings.operations);
      await form?.store();
      const job = await accept(operation, wanted, request);
      const isAsked = operation.waitQuery !== undefined && request.query[operation.waitQuery] === 'true';
      const waitSeconds = preferred ?? (isAsked ? maxWaitSeconds : defaultWaitSeconds);
      if (waitSeconds === undefined) return acceptedResponse(job, request);
      const headers: Record<string, string> =
        preferred === undefined ? {} : { 'preference-applied': `wait=${preferred}` };
      const waitMs = waitSeconds * 1000;
      const answer = async () =>
        waitedResponse(context, await awaitJob(context, job, request.startedAt + waitMs), request, headers);
      try {
        return await within(waitMs + graceMs - (context.table.clock.now() - request.startedAt), answer());
      } catch (error) {
        if (error instanceof ProblemError) throw error;
        // An error would look as if the request had not been accepted: sent again, it would be paid twice.
        context.log.error('A job could not be waited for.', {
          jobId: job.jobId,
          error: error instanceof Error ? error.name : 'unknown',
        });
        return acceptedResponse(job, request, headers);
      }
    },
  });
  const { path, waitPath } = operation;
  if (waitPath === path) return [route(path, maxWaitSeconds)];
  return [route(path), ...(waitPath === undefined ? [] : [route(waitPath, maxWaitSeconds)])];
};

/**
 * @throws {ProblemError} 422 if the idempotency key belongs to another request or an input cannot be used, 403 for an input
 * of others, 503 while there are no credentials
 * @throws {PolicyRefusal} for what the caller's policy does not allow
 */
export const createAcceptRequest = (context: ApiContext, requireCredentials: () => Promise<void>): AcceptRequest => {
  const { table, log, settings } = context;
  const triggerDispatch = createThrottledTrigger(context);
  const readServedRound = createServedRounds(table.clock);
  const findPause = createCallerPauses(table);
  const takeRound = createRoundBlocks(readServedRound);
  return async (operation, request, from) => {
    const caller = from.caller();
    const { name: laneName } = laneOf(operation);
    requireService(context, laneName);
    await requireCredentials();
    const { idempotencyKey } = request;
    const jobId = buildJobId(settings.stackName, caller, idempotencyKey);
    const requestHash = requestHashOf(operation.name, request.modelVersion, request.body);
    // The look-up keeps a repeated request from using up a round; the put below decides which of two requests is first.
    const existing = idempotencyKey === undefined ? undefined : await getJob(table, jobId);
    if (existing !== undefined) return requireSameRequest(existing, requestHash);
    const assessed = await assessRequest(context, operation, request, caller);
    const { policy, priority, modelVersion, warnings, inputsChangedAt, cost } = assessed;
    const newJob: NewJob = {
      jobId,
      caller,
      operation: operation.name,
      lane: laneName,
      modelVersion,
      request: request.text,
      secretHeaders: request.secretHeaders,
      requestHash,
      priority,
      warnings,
      retentionSeconds: settings.retentionSeconds,
      outputName: request.outputName,
      labels: request.labels,
      cost,
      hasInputs: hasPreparedInputs(request.body),
    };
    const reused = await reuse(context, newJob, from, { maxAgeSeconds: request.maxAgeSeconds, inputsChangedAt });
    if (reused !== undefined) return requireSameRequest(reused, requestHash);
    const admission = await admitJobs(table, caller, policy, [jobId]);
    if (admission.refusal !== undefined) {
      // The same request, sent at the same time, may have been counted as the last one.
      const made = idempotencyKey === undefined ? undefined : await getJob(table, jobId);
      if (made !== undefined) return requireSameRequest(made, requestHash);
      throw admission.refusal;
    }
    // Last of the rules, as it costs most; no place in the queue is taken yet.
    const unaffordable = await reserveCost(table, newJob, policy);
    if (unaffordable !== undefined) {
      await returnAdmission(table, admission, [jobId]);
      throw unaffordable;
    }
    const pause = await findPause(caller);
    const queue = { table, name: newJob.lane };
    const places =
      pause === undefined
        ? { firstRound: await takeRound(queue, caller, priority), isHeld: false }
        : await takePlaces(queue, caller, priority, { count: 1, pause, readServed: readServedRound });
    const place = toPlace(newJob, places.firstRound, places.isHeld);
    const warned = {
      ...newJob,
      warnings: [
        ...warnings,
        ...(pause === undefined ? [] : [callerPausedWarning]),
        ...(await warnOfInputs(context, { ...newJob, rank: place.rank }, request)),
      ],
    };
    const { created, job } = await createAdmitted(table, warned, { ...place, admission });
    if (!created) return requireSameRequest(job, requestHash);
    audit(log, from, 'job accepted', {
      jobId,
      operation: operation.name,
      modelVersion: request.modelVersion,
      priority,
    });
    if (!place.isHeld) await triggerDispatch(newJob.lane);
    return job;
  };
};

/** Writes a job; what was counted for it is given back if it certainly was not written. */
const createAdmitted: (
  table: ApiContext['table'],
  job: NewJob,
  place: JobPlace & { admission: Admission },
) => ReturnType<typeof createJob> = async (table, job, { admission, ...place }) => {
  try {
    const written = await createJob(table, job, place);
    // Of another request with the same key. One of this rank is this request's own, found by an attempt after the answer to the first was lost.
    if (!written.created && written.job.rank !== place.rank) await returnAdmission(table, admission, [job.jobId]);
    // The same request shares its reservation with the job that it made before.
    if (written.job.requestHash !== job.requestHash) await returnCost(table, job);
    return written;
  } catch (error) {
    if (isRefusedWrite(error)) {
      await returnAdmission(table, admission, [job.jobId]);
      await returnCost(table, job);
    }
    throw error;
  }
};

/** What to know of presigned URLs that die before the job's turn, as the queue stands now. */
const warnOfInputs = async (
  context: ApiContext,
  place: Pick<Job, 'caller' | 'lane' | 'priority' | 'rank'>,
  { body }: GenerationRequest,
): Promise<string[]> => {
  const urls = findExpiringUrls(body);
  return urls.length === 0 ? [] : warnOfExpiry(urls, await estimateStart(context, place));
};

const requireSameRequest = (job: Job, requestHash: string): Job => {
  if (job.requestHash === requestHash) return job;
  throw idempotencyKeyReused();
};

/**
 * Answers a request with the outputs of an equal one that succeeded before, if the caller takes them: no permit is spent.
 *
 * @param options.maxAgeSeconds how old they may be; undefined if the caller did not say
 * @param options.inputsChangedAt when the latest of the request's inputs in S3 was written, in epoch ms
 * @returns the job that has them, or undefined if there are none
 */
export const reuse = async (
  context: Pick<ApiContext, 'table' | 'bus' | 'log' | 'recordMetric' | 'triggerDispatch' | 'objects'>,
  request: NewJob,
  from: Actor,
  { maxAgeSeconds, inputsChangedAt }: { maxAgeSeconds: number | undefined; inputsChangedAt: number | undefined },
): Promise<Job | undefined> => {
  // Outputs of an earlier job have its names.
  if (maxAgeSeconds === undefined || request.outputName !== undefined || !isReusable(request)) return undefined;
  const earlier = await findReusable(context.table, request, maxAgeSeconds);
  // The same request, but an input has changed since; S3 has whole seconds only.
  if (earlier !== undefined && (inputsChangedAt ?? 0) + 1_000 > Date.parse(earlier.createdAt)) return undefined;
  // Objects may have been deleted by a lifecycle rule, or by hand, while the record stayed.
  const stored = await Promise.all((earlier?.outputs ?? []).map(context.objects.find));
  if (earlier === undefined || stored.length === 0 || stored.includes(undefined)) return undefined;
  const { created, job } = await createReusingJob(context.table, request, earlier);
  if (created) {
    audit(context.log, from, 'job reused', { jobId: job.jobId, reusedFrom: earlier.jobId });
    await tryPublishEnded(context, job);
  }
  return job;
};
