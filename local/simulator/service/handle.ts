import type { Clock } from '#shared/clock.ts';
import type { Faults } from '../faults/fault-book.ts';
import type { Answer } from '../http/answer.ts';
import { json } from '../http/answer.ts';
import type { ReceivedRequest } from '../http/request.ts';
import type { Manner } from '../manner/manner.ts';
import type { RateLimit } from '../rate-limit.ts';
import type { SimulatorSettings } from '../settings.ts';
import { authorize, type Tokens } from '../tokens.ts';
import { readServiceRequest, refusal } from './accept.ts';
import type { ServiceJob, ServiceOperation, SimulatedService } from './definition.ts';
import type { ServiceJobs } from './jobs.ts';
import { matchPath, writePath } from './paths.ts';

/** What a service answers with. */
export interface HandleParts {
  service: SimulatedService;
  jobs: ServiceJobs;
  tokens: Tokens;
  faults: Faults;
  settings: SimulatorSettings;
  manner: Manner;
  clock: Clock;
  /** The limit of a name in the service's quotas. */
  limit(quota: string): RateLimit;
  /** Signs the URL of a hosted file anew. */
  renewUrl(url: string): string;
  /** Base of the status URLs. */
  base(): string;
  /** Starts a job; returns when it is over. */
  start(job: ServiceJob): Promise<void>;
}

/**
 * Answers a request of a service in Adobe's order of refusals: key and token, scopes, entitlement, limits, and then what is
 * wrong with the request itself.
 *
 * @throws {Refusal} in the service's words
 */
export const handleRequest = async (request: ReceivedRequest, given: HandleParts): Promise<Answer> => {
  const { path, method } = request;
  const operation = given.service.operations.find((known) => known.path === path);
  // Operations of one service may differ in their words.
  const service = { ...given.service, refuse: operation?.refuse ?? given.service.refuse };
  const parts = { ...given, service };
  const { settings, tokens, manner } = parts;
  const { client_id: clientId } = authorize(request, tokens, service.scopes, manner, service.writeEdgeError);
  if (settings.unentitled.includes(service.id)) {
    throw refusal(service, { kind: 'not_entitled', message: `The credential is not entitled to ${service.title}` });
  }
  if (operation !== undefined && method === 'POST') return acceptRequest(operation, request, clientId, parts);
  const route = service.routes?.find((known) => known.method === method && matchPath(known.path, path) !== undefined);
  if (route !== undefined) {
    if (route.quota !== undefined) admit(route.quota, request, parts);
    const own = (job: ServiceJob | undefined) => (job?.clientId === clientId ? job : undefined);
    const { jobs, base, renewUrl } = parts;
    const all = () => jobs.all().filter((job) => own(job) !== undefined);
    const ownJobs = { cancel: jobs.cancel, find: (jobId: string) => own(jobs.find(jobId)), all };
    const params = matchPath(route.path, path) ?? {};
    return route.handle(request, { params, jobs: ownJobs, clientId, base: base(), renewUrl, settings });
  }
  const status = service.statusPaths.find((known) => matchPath(known.path, path) !== undefined);
  if (status !== undefined && method === 'GET') return readStatus(status, request, clientId, parts);
  const allowed = findMethods(service, path);
  if (allowed.length === 0)
    throw refusal(service, { kind: 'no_such_path', message: 'Requested Resource Was Not Found' });
  throw refusal(service, { kind: 'method', message: 'Method Not Allowed', allowed: allowed.join(', ') });
};

const findMethods = ({ operations, routes = [], statusPaths }: SimulatedService, path: string): string[] => [
  ...operations.filter((known) => known.path === path).map(() => 'POST'),
  ...routes.filter((known) => matchPath(known.path, path) !== undefined).map(({ method }) => method),
  ...statusPaths.filter((known) => matchPath(known.path, path) !== undefined).map(() => 'GET'),
];

const admit = (quota: string, { arrivedAt }: ReceivedRequest, { service, limit }: HandleParts): void => {
  const admission = limit(quota).admit(arrivedAt);
  if (admission.admitted) return;
  const retryAfterSeconds = Math.max(1, Math.ceil((admission.retryAt - arrivedAt) / 1000));
  throw refusal(service, { kind: 'rate_limited', message: `Too many requests for ${quota}`, retryAfterSeconds });
};

const acceptRequest = async (
  operation: ServiceOperation,
  request: ReceivedRequest,
  clientId: string,
  parts: HandleParts,
): Promise<Answer> => {
  const { service, jobs, faults, settings } = parts;
  for (const quota of operation.quotas) admit(quota, request, parts);
  const body = readServiceRequest(service, operation, request, settings.storageOrigins);
  const prompt = operation.prompt?.(body) ?? '';
  const fault = faults.takeForJob({ service: service.id, path: operation.path, prompt });
  const job = jobs.add({ clientId, operation, request: body, fault });
  const over = parts.start(job);
  if (operation.isSynchronous) await over;
  const base = settings.shardBase ?? parts.base();
  return operation.accept(job, { statusUrl: `${base}${writePath(operation.statusPath, job.jobId)}`, base });
};

/** Whether a job has ended for so long that its service does not know it any more. */
const isForgotten = ({ phase, modifiedAt, operation }: ServiceJob, { clock, settings }: HandleParts): boolean => {
  const { statusLifetimeMs } = operation;
  if (statusLifetimeMs === undefined || phase === 'pending' || phase === 'running') return false;
  return clock.now() - modifiedAt >= (settings.statusLifetimeMs ?? statusLifetimeMs);
};

const hasPath = ({ operation: { statusPath, otherStatusPaths = [] } }: ServiceJob, path: `/${string}`): boolean =>
  [statusPath, ...otherStatusPaths].includes(path);

const readStatus = (
  { path, quota }: SimulatedService['statusPaths'][number],
  request: ReceivedRequest,
  clientId: string,
  parts: HandleParts,
): Answer => {
  const { jobId = '' } = matchPath(path, request.path) ?? {};
  const job = parts.jobs.find(jobId);
  const counted = job?.operation.statusQuota ?? quota;
  if (counted !== undefined) admit(counted, request, parts);
  if (job?.clientId !== clientId || !hasPath(job, path) || isForgotten(job, parts)) {
    throw refusal(parts.service, { kind: 'unknown_job', message: 'The job is not known' });
  }
  return json(200, job.operation.status(job, request.query));
};
