import type { Route } from '../http/router.ts';

/** The first call of Adobe's getting-started pages: whether caller and credentials are fine. Answered without Adobe. */
export const helloRoute = (requireCredentials: () => Promise<void>): Route => ({
  method: 'GET',
  path: '/pie/psdService/hello',
  describe: {
    tag: 'Photoshop',
    summary: 'Whether the gateway takes your token and has one of its own',
    answers: { 200: { description: "Adobe's words", content: { 'text/plain': 'binary' } } },
    errors: [503],
  },
  handle: async (request) => {
    request.caller();
    await requireCredentials();
    return {
      statusCode: 200,
      headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' },
      body: 'Welcome to the Photoshop API!',
    };
  },
});
