import * as z from 'zod';
import type { Docs } from '#shared/deployment/job-environments.ts';
import { type HttpResponse, ProblemError } from '../http/problem.ts';
import type { ApiRequest } from '../http/request.ts';
import type { Content } from '../http/route-description.ts';
import type { Route } from '../http/router.ts';
import { openApiDocument } from './document.ts';
import { script, style } from './reference/assets.ts';
import { renderReference } from './reference/page.ts';
import { createStaticFile } from './static-file.ts';

// The page loads nothing from anywhere else, and runs no script and no style that stands in it.
const pageHeaders = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
};

/**
 * The description of the API, and a page to read it with all that it needs.
 *
 * @param routes all other routes
 * @param options.docs to whom they are shown; with `off` there are none
 * @param options.hasConsole with `off`: the description itself is there for callers, as the console builds its forms from it
 */
export const docsRoutes = (
  routes: readonly Route[],
  { version, docs, hasConsole }: { version: string; docs: Docs; hasConsole: boolean },
): Route[] => {
  if (docs === 'off' && !hasConsole) return [];
  const describe = (summary: string, content: Content, errors: readonly number[] = []): Route['describe'] => ({
    tag: 'Operation',
    summary,
    answers: {
      200: { description: summary, content, headers: { etag: 'Changes with a deployment' } },
      304: { description: 'Unchanged since the `If-None-Match` of the request' },
    },
    errors,
    open: docs === 'open',
  });
  const build = () => openApiDocument([...routes, ...own], version);
  const document = createStaticFile(() => ({ content: JSON.stringify(build()), contentType: 'application/json' }));
  const page = createStaticFile(() => ({
    content: renderReference(JSON.parse(JSON.stringify(build()))),
    contentType: 'text/html; charset=utf-8',
    headers: pageHeaders,
  }));
  const files = new Map([
    ['reference.css', createStaticFile(() => ({ content: style, contentType: 'text/css; charset=utf-8' }))],
    ['reference.js', createStaticFile(() => ({ content: script, contentType: 'text/javascript; charset=utf-8' }))],
  ]);
  const serve = (file: ReturnType<typeof createStaticFile>, request: ApiRequest): HttpResponse => {
    // The authorizer has let only callers in; were it missing, nobody would be one.
    if (docs !== 'open') request.caller();
    return file(request);
  };
  const description: Route = {
    method: 'GET',
    path: '/openapi.json',
    describe: describe('This description, OpenAPI 3.1', {
      'application/json': () => z.looseObject({ openapi: z.string() }),
    }),
    handle: async (request) => serve(document, request),
  };
  const pages: Route[] = [
    {
      method: 'GET',
      path: '/docs',
      describe: describe('A page to read this description', { 'text/html': 'binary' }),
      handle: async (request) => serve(page, request),
    },
    {
      method: 'GET',
      path: '/docs/{file}',
      describe: describe('A file of that page', { 'text/javascript': 'binary', 'text/css': 'binary' }, [404]),
      handle: async (request) => {
        const file = files.get(request.params['file'] ?? '');
        if (file === undefined) throw new ProblemError(404, 'not_found', 'There is nothing at this path.');
        return serve(file, request);
      },
    },
  ];
  const own = docs === 'off' ? [description] : [...pages, description];
  return own;
};
