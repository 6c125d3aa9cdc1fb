import { readWait } from '#shared/http/preferences.ts';
import type { Accept } from './accept.ts';
import { acceptedResponse, waitedResponse } from './answers.ts';
import { awaitJob } from './await-job.ts';
import type { Gateway } from './gateway.ts';
import { readGenerationRequest } from './generation-request.ts';
import type { Route } from './router.ts';

/** Adobe's asynchronous call: 202 at once, or the result if the caller prefers to wait and it comes in time. */
export const generateAsync = (gateway: Gateway, accept: Accept): Route => ({
  method: 'POST',
  path: '/v3/images/generate-async',
  handle: async (request) => {
    const caller = request.caller();
    const wait = readWait(request.header('prefer'));
    const job = await accept(readGenerationRequest(request), caller);
    if (wait === undefined) return acceptedResponse(job, request);
    const latest = await awaitJob(gateway, job, request.startedAt + wait * 1000);
    return waitedResponse(gateway, latest, request, { 'preference-applied': `wait=${wait}` });
  },
});
