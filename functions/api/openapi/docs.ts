import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { HttpResponse } from '../http/problem.ts';
import { ProblemError } from '../http/problem.ts';
import type { Route } from '../http/router.ts';

const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>firefly-gateway</title>
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<div id="reference"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
`;

const start = `SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#reference',
  deepLinking: true,
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  validatorUrl: null,
});
`;

/** The files of the page that come from a package, with their types. */
export const docsAssets: Readonly<Record<string, string>> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
};

// The page loads nothing from anywhere else, and runs no script that stands in it.
const securityHeaders = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; " +
    "font-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

const compressed = (content: string | Buffer, contentType: string, maxAgeSeconds: number): HttpResponse => ({
  statusCode: 200,
  headers: {
    ...securityHeaders,
    'content-type': contentType,
    'content-encoding': 'gzip',
    'cache-control': `public, max-age=${maxAgeSeconds}`,
  },
  body: gzipSync(content).toString('base64'),
  isBase64Encoded: true,
});

const described = (
  path: Route['path'],
  summary: string,
  types: readonly string[],
  errors: readonly number[] = [],
): Pick<Route, 'method' | 'path' | 'describe'> => ({
  method: 'GET',
  path,
  describe: {
    tag: 'Operation',
    summary,
    answers: { 200: { description: summary, content: Object.fromEntries(types.map((type) => [type, 'binary'])) } },
    errors,
    open: true,
  },
});

/**
 * A page to read the description of the API and to try it, with all that it needs.
 *
 * @param assetsDirectory where the files of {@link docsAssets} lie
 */
export const docsRoutes = (assetsDirectory: string): Route[] => {
  const files = new Map<string, HttpResponse>();
  const load = async (name: string, type: string): Promise<HttpResponse> =>
    compressed(await readFile(join(assetsDirectory, name)), type, 86_400);
  return [
    {
      ...described('/docs', 'A page to read this description', ['text/html']),
      handle: async () => compressed(page, 'text/html; charset=utf-8', 300),
    },
    {
      ...described('/docs/{file}', 'A file of that page', ['text/javascript', 'text/css'], [404]),
      handle: async ({ params }) => {
        const name = params['file'] ?? '';
        if (name === 'start.js') return compressed(start, 'text/javascript; charset=utf-8', 300);
        const type = Object.hasOwn(docsAssets, name) ? docsAssets[name] : undefined;
        if (type === undefined) throw new ProblemError(404, 'not_found', 'There is nothing at this path.');
        const file = files.get(name) ?? (await load(name, type));
        files.set(name, file);
        return file;
      },
    },
  ];
};
