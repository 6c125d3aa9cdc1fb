import { jsonResponse } from '../http/response.ts';
import type { Route } from '../http/router.ts';
import { openApiDocument } from './document.ts';

const caching = { 'cache-control': 'public, max-age=300' };

/** The description of the API, made when it is first asked for. */
export const openApi = (routes: readonly Route[], version: string): Route => {
  let document: Record<string, unknown> | undefined;
  const self: Route = {
    method: 'GET',
    path: '/openapi.json',
    describe: {
      tag: 'Operation',
      summary: 'This description',
      answers: { 200: { description: 'OpenAPI 3.1' } },
      open: true,
    },
    handle: async () => {
      document ??= openApiDocument([...routes, self], version);
      return jsonResponse(200, document, caching);
    },
  };
  return self;
};
