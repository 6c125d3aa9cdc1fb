import { Stack } from 'aws-cdk-lib';
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { getPaths } from '#shared/adobe/services/registry.ts';
import type { AdobeService } from '#shared/adobe/services/service.ts';
import { enabledServices, type ServicesSettings } from '#shared/deployment/services.ts';

/**
 * What callers may call, with any method, in the words of IAM: `*` stands for anything, slashes too. Together with
 * {@link operatorRoutes} and what is open to everybody it covers the API, and a test compares it with the routes.
 *
 * @param services that are on, of whose paths all is named that lies under the first part, such as `/v3/*`
 */
export const listCallerPaths = (services: ServicesSettings): string[] => [
  ...new Set(['/v2/*', '/pie/*', ...enabledServices(services).flatMap(listRoots)]),
  '/jobs',
  '/jobs/*',
  '/estimates',
  '/uploads',
  '/uploads/*',
  '/batches',
  '/batches/*',
  '/webhooks',
  '/webhooks/*',
  '/usage',
  '/callers/me',
  '/health',
];

const listRoots = (service: AdobeService): string[] =>
  getPaths(service)
    .map((path) => `/${path.split('/')[1]}/*`)
    .sort();

/** The description of the API, from which the console builds its forms. */
export const descriptionPath = '/openapi.json';

/** The description of the API and the page to read it, as routes of API Gateway. */
export const docsPaths = [descriptionPath, '/docs', '/docs/{file}'] as const;

/** The console, as routes of API Gateway, in which a greedy variable stands for at least one part. */
export const consolePaths = ['/', '/console', '/console/{proxy+}'] as const;

/** What only operators may call: the routes of the API and, for each GET, its HEAD. */
export const operatorRoutes = [
  { method: 'GET', path: '/queue' },
  { method: 'HEAD', path: '/queue' },
  { method: 'PUT', path: '/queue/pause' },
  { method: 'PUT', path: '/queue/resume' },
  { method: 'GET', path: '/queue/callers' },
  { method: 'HEAD', path: '/queue/callers' },
  { method: 'PUT', path: '/queue/cancel-job/{jobId}' },
  { method: 'PUT', path: '/queue/cancel-batch/{batchId}' },
  { method: 'GET', path: '/audit' },
  { method: 'HEAD', path: '/audit' },
  { method: 'GET', path: '/callers' },
  { method: 'HEAD', path: '/callers' },
  { method: 'POST', path: '/callers' },
  { method: 'GET', path: '/callers/{callerId}' },
  { method: 'HEAD', path: '/callers/{callerId}' },
  { method: 'PUT', path: '/callers/{callerId}' },
  { method: 'DELETE', path: '/callers/{callerId}' },
  { method: 'PUT', path: '/callers/{callerId}/pause' },
  { method: 'PUT', path: '/callers/{callerId}/resume' },
  { method: 'POST', path: '/callers/{callerId}/secrets' },
  { method: 'DELETE', path: '/callers/{callerId}/secrets/{secretId}' },
  { method: 'GET', path: '/usage/callers' },
  { method: 'HEAD', path: '/usage/callers' },
  { method: 'GET', path: '/health/details' },
  { method: 'HEAD', path: '/health/details' },
  { method: 'GET', path: '/erasures' },
  { method: 'HEAD', path: '/erasures' },
  { method: 'POST', path: '/erasures' },
] as const;

/**
 * What IAM is asked about when a request comes in.
 *
 * @param route method and path, such as `GET/queue`
 */
export const routeArn = (api: HttpApi, route: string): string =>
  Stack.of(api).formatArn({ service: 'execute-api', resource: api.apiId, resourceName: `$default/${route}` });
