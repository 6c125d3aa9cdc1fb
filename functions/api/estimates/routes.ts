import { v7 } from 'uuid';
import type { OperationDefinition } from '#shared/adobe/services/operation.ts';
import { laneOf } from '#shared/adobe/services/registry.ts';
import { findAdmissionRefusal } from '#shared/callers/admission-check.ts';
import { PolicyRefusal } from '#shared/callers/policy-refusal.ts';
import { findExpiringUrls, warnOfExpiry } from '#shared/inputs/expiring-urls.ts';
import { findLane } from '#shared/jobs/lanes/lane.ts';
import { buildRank, readNextRound } from '#shared/jobs/lanes/rounds.ts';
import { maxRequestBytes } from '#shared/requests/request-validation.ts';
import { findCostRefusal } from '#shared/usage/reserve-cost.ts';
import type { ApiContext } from '../context.ts';
import { type AssessedRequest, assessRequest } from '../generations/assess.ts';
import { type GenerationRequest, readGenerationRequest } from '../generations/request.ts';
import { requireService } from '../http/credentials-guard.ts';
import { findDisabled } from '../http/disabled-service.ts';
import { invalidBody, readBodyAs } from '../http/json-body.ts';
import { jsonResponse, ProblemError, problemBody } from '../http/problem.ts';
import type { ApiRequest } from '../http/request.ts';
import type { Route } from '../http/router.ts';
import { toPolicyProblem } from '../http/unexpected-error.ts';
import { createWaitEstimate, type WaitEstimate } from '../jobs/wait-estimate.ts';
import { type Estimate, estimate, estimateRequest } from './view.ts';

// The request, its headers, and what is around them.
const maxBodyBytes = maxRequestBytes + 32 * 1024;

/**
 * What a request would cost and when it would run. Nothing is written for it: no job, no permit, no place in a queue, no budget.
 *
 * @param requireCredentials throws while the gateway has no Adobe credentials
 */
export const estimateRoutes = (context: ApiContext, requireCredentials: () => Promise<void>): Route[] => {
  const { table, services } = context;
  const estimateWait = createWaitEstimate(context);
  const operations = services.flatMap((service) => service.operations);

  const findPlace = async (
    { name: lane }: ReturnType<typeof laneOf>,
    caller: string,
    { priority }: AssessedRequest,
  ): Promise<WaitEstimate> => {
    const round = await readNextRound(findLane(context.lanes, lane), caller, priority);
    const rank = buildRank(priority, round, v7());
    return estimateWait({ state: 'queued', caller, lane, priority, rank });
  };

  const assess = async (operation: OperationDefinition, request: ApiRequest, known: Estimate): Promise<void> => {
    const caller = request.caller();
    const lane = laneOf(operation);
    const wanted: GenerationRequest = readGenerationRequest(request, operation, context.settings.operations);
    requireService(context, lane.name);
    await requireCredentials();
    const assessed = await assessRequest(context, operation, wanted, caller);
    const { policy, cost, modelVersion } = assessed;
    known.modelVersion = modelVersion;
    known.cost = { estimated: cost.estimated / 1_000, unit: 'operations' };
    known.outputs = cost.outputs;
    known.warnings.push(...assessed.warnings);
    const refusal =
      (await findAdmissionRefusal(table, caller, policy)) ?? (await findCostRefusal(table, caller, cost, policy));
    if (refusal !== undefined) throw refusal;
    const place = await findPlace(lane, caller, assessed);
    Object.assign(known, place);
    const urls = findExpiringUrls(wanted.body);
    const start = place.estimatedStart === undefined ? undefined : Date.parse(place.estimatedStart);
    if (urls.length > 0) known.warnings.push(...warnOfExpiry(urls, start));
  };

  return [
    {
      method: 'POST',
      path: '/estimates',
      describe: {
        tag: 'Jobs',
        summary: 'What a request would cost and when it would run',
        description:
          'The request is checked as if it were sent, and nothing is stored, sent or counted. `Idempotency-Key` and `Cache-Control` are not looked at.',
        body: { 'application/json': estimateRequest },
        answers: { 200: { description: 'The estimate', content: { 'application/json': estimate } } },
        errors: [404, 413, 415, 422],
      },
      handle: async (request) => {
        const { path, headers = {}, body } = readBodyAs(estimateRequest, request.body, maxBodyBytes);
        const operation = operations.find((each) => each.path === path || each.waitPath === path);
        if (operation === undefined) throw findDisabled(services, path) ?? unknownPath();
        const known: Estimate = { operation: operation.name, warnings: [] };
        try {
          await assess(operation, asSent(request, headers, body), known);
        } catch (error) {
          const refused = error instanceof PolicyRefusal ? toPolicyProblem(error, table.clock.now()) : error;
          if (!(refused instanceof ProblemError)) throw error;
          known.problem = problemBody(refused);
        }
        return jsonResponse(200, known);
      },
    },
  ];
};

const unknownPath = (): ProblemError =>
  invalidBody([{ loc: ['body', 'path'], msg: 'not the path of an operation', type: 'value_error' }]);

/** The request of which an estimate is wanted, as it would come in. */
const asSent = (request: ApiRequest, headers: Readonly<Record<string, string>>, body: unknown): ApiRequest => {
  const given = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  return {
    ...request,
    query: {},
    body: { body: JSON.stringify(body) ?? '', isBase64Encoded: false, contentType: 'application/json' },
    header: (name) => (ignored.has(name.toLowerCase()) ? undefined : given.get(name.toLowerCase())),
  };
};

// What looks for an earlier job.
const ignored: ReadonlySet<string> = new Set(['idempotency-key', 'cache-control']);
