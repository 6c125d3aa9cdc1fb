import * as z from 'zod';
import type { OperationDefinition } from '#shared/adobe/services/operation.ts';
import { getCancelPath, getStatusPath, operationOf, serviceOf } from '#shared/adobe/services/registry.ts';
import type { AdobeService } from '#shared/adobe/services/service.ts';
import type { Job } from '#shared/jobs/job.ts';
import type { ApiContext } from '../context.ts';
import { audit } from '../http/audit.ts';
import { emptyResponse, jsonResponse, ProblemError } from '../http/problem.ts';
import type { RouteDescription } from '../http/route-description.ts';
import type { Route } from '../http/router.ts';
import { cancelFoundJob } from './cancel.ts';
import { findJob } from './get.ts';
import { ownCancelPath, presentJob } from './present-job.ts';
import { retryAfter } from './responses.ts';

/** The status calls of all services. Services may share a path: the body is that of the job's own service. */
export const statusRoutes = (context: Pick<ApiContext, 'services' | 'table' | 'objects'>): Route[] =>
  groupByPath(context, getStatusPath).map(([path, sharing]) => statusRoute(context, path, sharing));

/** The cancel calls of all services, and the gateway's own for those that have none. */
export const cancelRoutes = (context: ApiContext): Route[] => [
  ...groupByPath(context, getCancelPath).map(([path, sharing]) => cancelRoute(context, path, sharing)),
  cancelRoute(context, ownCancelPath, []),
];

/** The operations whose jobs share each path, in the order of the registry. */
const groupByPath = (
  { services }: Pick<ApiContext, 'services'>,
  getPath: (operation: OperationDefinition) => string | undefined,
): [string, OperationDefinition[]][] => {
  const grouped = new Map<string, OperationDefinition[]>();
  for (const operation of services.flatMap(({ operations }) => operations)) {
    const path = getPath(operation);
    if (path !== undefined) grouped.set(path, [...(grouped.get(path) ?? []), operation]);
  }
  return [...grouped];
};

const nameTag = ([first]: readonly OperationDefinition[]): string => (first ? serviceOf(first).title : 'Jobs');

// Reads only the table, but for embedded content.
const statusRoute = (
  { table, objects }: Pick<ApiContext, 'table' | 'objects'>,
  path: string,
  sharing: readonly OperationDefinition[],
): Route => ({
  method: 'GET',
  path,
  describe: {
    tag: nameTag(sharing),
    summary: 'Status of a job',
    answers: {
      200: {
        description: 'Its state; each answer has freshly signed URLs of the outputs',
        content: { 'application/json': () => describeStatus(sharing) },
        headers: { 'retry-after': 'Seconds until asking again makes sense; none once the job has ended' },
      },
    },
    errors: [404],
  },
  handle: async (request) => {
    const job = await findJob({ table }, request);
    const operation = operationOf(job);
    requireService(sharing.map(serviceOf), job);
    const body = serviceOf(operation).dialect.presentStatus(await presentJob(objects, job, request), operation);
    return jsonResponse(200, body, retryAfter(job, table.clock.now()));
  },
});

/** @throws {ProblemError} 404 for a job of another service, whose bodies are not those of this path */
export const requireService = (services: readonly AdobeService[], job: Job): void => {
  const operation = operationOf(job);
  const { title, id } = serviceOf(operation);
  if (services.some((service) => service.id === id)) return;
  const path = getStatusPath(operation).replace('{jobId}', job.jobId);
  throw new ProblemError(404, 'unknown_job_id', `The job is one of ${title}: GET ${path} has its status.`);
};

const describeStatus = (sharing: readonly OperationDefinition[]): z.ZodType => {
  const [first, ...others] = new Set(sharing.map((operation) => serviceOf(operation).dialect.statusSchema));
  if (first === undefined || others.length === 0) return first?.() ?? z.looseObject({});
  return z.union([first(), ...others.map((schema) => schema())]);
};

// A waiting job ends at once, a job at Adobe is cancelled there, an ended one is a 409.
const cancelRoute = (context: ApiContext, path: string, sharing: readonly OperationDefinition[]): Route => ({
  method: 'PUT',
  path,
  describe: {
    tag: nameTag(sharing),
    summary: 'Cancel a job',
    answers: describeCancel(sharing),
    errors: [404, 409],
  },
  handle: async (request) => {
    const found = await findJob(context, request);
    await cancelFoundJob(context, found, () => audit(context.log, request, 'job cancelled', { jobId: found.jobId }));
    const { cancelAnswer: answer } = serviceOf(operationOf(found)).dialect;
    return path === ownCancelPath || answer === undefined
      ? emptyResponse(200)
      : jsonResponse(answer.status, answer.write(found.jobId));
  },
});

const describeCancel = (sharing: readonly OperationDefinition[]): RouteDescription['answers'] => {
  const description = 'It has ended, or Adobe is asked to end it';
  const own = sharing.flatMap((operation) => serviceOf(operation).dialect.cancelAnswer ?? []);
  const answers = own.map(
    ({ status, schema }) => [status, { description, content: { 'application/json': schema } }] as const,
  );
  // A job of another service of the caller's is cancelled by any of the paths, and has no answer in their form.
  return Object.fromEntries([[200, { description }], ...answers]);
};
