import { longestWaitSeconds, readWait } from '#shared/http/preferences.ts';
import type { Accept } from './accept.ts';
import { waitedResponse } from './answers.ts';
import { awaitJob } from './await-job.ts';
import type { Gateway } from './gateway.ts';
import { readGenerationRequest } from './generation-request.ts';
import type { Route } from './router.ts';

/** The synchronous call that Adobe removed in October 2025; what takes too long is answered like the asynchronous one. */
export const generateSync = (gateway: Gateway, accept: Accept): Route => ({
  method: 'POST',
  path: '/v3/images/generate',
  handle: async (request) => {
    const caller = request.caller();
    const wait = readWait(request.header('prefer'));
    const job = await accept(readGenerationRequest(request), caller);
    const latest = await awaitJob(gateway, job, request.startedAt + (wait ?? longestWaitSeconds) * 1000);
    return waitedResponse(gateway, latest, request, wait === undefined ? {} : { 'preference-applied': `wait=${wait}` });
  },
});
