import type { ConsoleVariables } from '#shared/deployment/console.ts';
import type { ApiContext } from '../context.ts';
import { emptyResponse, type HttpResponse, jsonResponse, ProblemError } from '../http/problem.ts';
import type { ApiRequest } from '../http/request.ts';
import type { Route } from '../http/router.ts';
import { viewConfig } from './config.ts';
import { type ConsoleFile, createReadFile, isBuilt, type ReadFile } from './files.ts';
import { buildPolicy } from './policy.ts';

const describe: Route['describe'] = { tag: 'Operation', summary: 'The console', answers: {}, open: true };

// Vite writes the hash of a file's content into its name.
const hashedFolder = 'assets/';
const pageFile = 'index.html';
const buildWaitMs = 20_000;
const buildPollMs = 100;

type ConsoleContext = Pick<ApiContext, 'console' | 'sleep' | 'startThumbnail'> & {
  settings: Pick<ApiContext['settings'], 'stackName' | 'version'>;
};

/**
 * The console: a page that is the same at every address of its own, and its files. They are open to everybody, as they are the same
 * in every deployment; what the page shows it gets by the API, signed in.
 */
export const consoleRoutes = (context: ConsoleContext): Route[] => {
  const { console } = context;
  if (console === undefined) return [];
  const read = createReadFile(console.directory);
  const toConsole: Route['handle'] = async () =>
    emptyResponse(302, { location: '/console/', 'cache-control': 'no-cache', 'referrer-policy': 'no-referrer' });
  return [
    { method: 'GET', path: '/', describe, handle: toConsole },
    {
      method: 'GET',
      path: '/console/{proxy+}',
      describe,
      handle: async (request) => {
        const path = request.params['proxy'] ?? '';
        if (path === 'config.json') {
          const thumbnails = context.startThumbnail !== undefined;
          return jsonResponse(200, viewConfig(console, { ...context.settings, thumbnails }));
        }
        await waitForBuild(context, console);
        return serveFile(read, console, request, path);
      },
    },
  ];
};

const waitForBuild = async (
  { sleep }: Pick<ApiContext, 'sleep'>,
  { directory }: Pick<ConsoleVariables, 'directory'>,
): Promise<void> => {
  for (let waitedMs = 0; !(await isBuilt(directory)); waitedMs += buildPollMs) {
    if (waitedMs >= buildWaitMs) {
      throw new ProblemError(503, 'console_not_built', 'The console is still being built. Try again in a moment.', {
        headers: { 'retry-after': '5' },
      });
    }
    await sleep(buildPollMs);
  }
};

const serveFile = async (
  read: ReadFile,
  console: ConsoleVariables,
  request: ApiRequest,
  path: string,
): Promise<HttpResponse> => {
  const acceptsGzip = /(^|[\s,])gzip(?!\s*;\s*q=0(\.0*)?\s*(,|$))/i.test(request.header('accept-encoding') ?? '');
  // By its own name as well, the page has its policy.
  const file = path === '' || path === pageFile ? undefined : await read(path, { acceptsGzip });
  if (file !== undefined) {
    return fileResponse(file, {
      'cache-control': path.startsWith(hashedFolder) ? 'public, max-age=31536000, immutable' : 'public, max-age=300',
    });
  }
  // An old page that asks for a file of an earlier deployment must not take the page for a script.
  if (path.startsWith(hashedFolder)) throw new ProblemError(404, 'not_found', 'There is no such file.');
  const page = await read(pageFile, { acceptsGzip });
  if (page === undefined) throw new ProblemError(404, 'not_found', 'There is nothing at this path.');
  return fileResponse(page, {
    'cache-control': 'no-cache',
    'content-security-policy': buildPolicy(console),
    'cross-origin-opener-policy': 'same-origin',
    'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  });
};

// API Gateway sends base64 as the bytes that it stands for.
const fileResponse = (
  { content, contentType, isCompressed }: ConsoleFile,
  headers: Record<string, string>,
): HttpResponse => ({
  statusCode: 200,
  headers: {
    'content-type': contentType.startsWith('text/') ? `${contentType}; charset=utf-8` : contentType,
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    vary: 'accept-encoding',
    ...(isCompressed && { 'content-encoding': 'gzip' }),
    ...headers,
  },
  body: content.toString('base64'),
  isBase64Encoded: true,
});
