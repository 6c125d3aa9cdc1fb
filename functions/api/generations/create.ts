import type { OperationDefinition } from '#shared/adobe/services/operation.ts';
import type { Gateway } from '../context.ts';
import { longestWaitSeconds, readWait } from '../http/headers.ts';
import type { Route } from '../http/router.ts';
import { acceptedResponse, waitedResponse } from '../jobs/responses.ts';
import type { Accept } from './accept.ts';
import { describeGeneration } from './describe.ts';
import { readGenerationRequest } from './request.ts';
import { awaitJob } from './wait.ts';

/** The calls of one operation: Adobe's own, and the synchronous one that Adobe removed. */
export const generation = (gateway: Gateway, accept: Accept, operation: OperationDefinition): Route[] => {
  const route = (path: string, defaultWaitSeconds?: number): Route => ({
    method: 'POST',
    path,
    describe: describeGeneration(operation, path === operation.waitPath),
    handle: async (request) => {
      const caller = request.caller();
      const preferred = readWait(request.header('prefer'));
      const job = await accept(operation, readGenerationRequest(request, operation, gateway.operations), caller);
      const waitSeconds = preferred ?? defaultWaitSeconds;
      if (waitSeconds === undefined) return acceptedResponse(job, request);
      const latest = await awaitJob(gateway, job, request.startedAt + waitSeconds * 1000);
      const headers: Record<string, string> =
        preferred === undefined ? {} : { 'preference-applied': `wait=${preferred}` };
      return waitedResponse(gateway, latest, request, headers);
    },
  });
  const { path, waitPath } = operation;
  return [route(path), ...(waitPath === undefined ? [] : [route(waitPath, longestWaitSeconds)])];
};
