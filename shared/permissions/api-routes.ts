import { getPaths } from '../adobe/services/registry.ts';
import type { AdobeService } from '../adobe/services/service.ts';
import { enabledServices, type ServicesSettings } from '../deployment/services.ts';
import type { Settings } from '../deployment/settings.ts';

// GET and PUT; HEAD and POST; DELETE: in IAM a question mark stands for one character. A policy has room for 6,144 bytes, so that no path
// is named with a method that it does not have.
const read = ['???', '????'];
const post = ['????'];
const erase = ['??????'];

/**
 * What callers may call, in the words of IAM: `*` stands for anything, slashes too. Together with {@link operatorRoutes} and what is
 * open to everybody it covers the API, and a test compares it with the routes.
 *
 * @param services that are on, of whose paths all is named that lies under the first part, such as `????/v3/*`
 */
export const listCallerRoutes = (services: ServicesSettings): string[] => {
  const roots = [...new Set(['/v2/*', '/pie/*', ...enabledServices(services).flatMap(listRoots)])];
  const routes: [path: string, methods: readonly string[]][] = [
    ...roots.map((root): [string, string[]] => [root, read]),
    ['/jobs', read],
    ['/jobs/*', [...read, ...erase]],
    ['/estimates', post],
    ['/uploads', post],
    ['/uploads/*', erase],
    ['/batches', read],
    ['/batches/*', [...read, ...erase]],
    ['/webhooks', read],
    ['/webhooks/*', [...read, ...erase]],
    ['/usage', read],
    ['/callers/me', read],
    ['/health', read],
  ];
  return routes.flatMap(([path, methods]) => methods.map((method) => method + path));
};

/** A path that is only read, in the words of IAM. */
const readRoutes = (path: string): string[] => read.map((method) => method + path);

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
 * What the policy for callers names: method and path in the words of IAM, such as `???/jobs`.
 *
 * AWS does not say whether a request on the $default route is matched by its own path or as $default. The function refuses operators'
 * calls that come in by that route, so that naming both gives callers nothing more.
 */
export const listCallerInvocations = ({
  docs,
  console,
  services,
}: Pick<Settings, 'docs' | 'console' | 'services'>): string[] => {
  const described = docs === 'off' && console === 'on' ? [descriptionPath] : [];
  const shown = docs === 'callers' ? docsPaths.map((path) => path.replace(/\{.*/, '*')) : described;
  return [...listCallerRoutes(services), ...shown.flatMap(readRoutes), '$default'];
};

/** What the policy for operators names. */
export const listOperatorInvocations = (): string[] =>
  operatorRoutes.map(({ method, path }) => method + path.replace(/\{\w+\}/g, '*'));
