import middy from '@middy/core';
import { firefly } from '#shared/adobe/services/firefly/service.ts';
import { photoshop } from '#shared/adobe/services/photoshop/service.ts';
import { listRoutes } from './adobe/lists.ts';
import { uploadImageRoute } from './adobe/upload-image.ts';
import { auditRoute } from './audit/routes.ts';
import { batchRoutes } from './batches/routes.ts';
import { meRoute } from './callers/me.ts';
import { callerPauseRoutes } from './callers/pause.ts';
import { callerRoutes } from './callers/routes.ts';
import { consoleRoutes } from './console/routes.ts';
import type { ApiContext } from './context.ts';
import { erasureRoutes } from './erasures/routes.ts';
import { estimateRoutes } from './estimates/routes.ts';
import { createAcceptRequest, generationRoutes } from './generations/create.ts';
import { healthRoutes } from './health/routes.ts';
import { createRequireCredentials } from './http/credentials-guard.ts';
import { findDisabled } from './http/disabled-service.ts';
import type { HttpResponse } from './http/problem.ts';
import { ProblemError, problemResponse } from './http/problem.ts';
import { type HttpEvent, readRequestId } from './http/request.ts';
import { createRequestRate } from './http/request-rate.ts';
import type { Route } from './http/router.ts';
import { checkAnswerSize, createRouter, fitToMethod } from './http/router.ts';
import { toProblem } from './http/unexpected-error.ts';
import { deleteRoute } from './jobs/delete.ts';
import { editRoutes } from './jobs/edit.ts';
import { getRoute, outputRoute } from './jobs/get.ts';
import { listRoute } from './jobs/list.ts';
import { serviceJobRoutes } from './jobs/service-jobs.ts';
import { cancelRoutes, statusRoutes } from './jobs/status.ts';
import { helloRoute } from './legacy/hello.ts';
import { legacyRoutes } from './legacy/routes.ts';
import { docsRoutes } from './openapi/docs.ts';
import { interventionRoutes } from './queue/interventions.ts';
import { queueRoutes } from './queue/routes.ts';
import { uploadRoutes } from './uploads/routes.ts';
import { usageRoutes } from './usage/routes.ts';
import { webhookRoutes } from './webhooks/routes.ts';

// Time enough to answer before Lambda ends the function.
const answerBeforeEndMs = 500;

/** The Lambda handler over everything that it needs; every error leaves it as problem+json. */
export const createApi = (context: ApiContext) => {
  const route = createRouter([...createRoutes(context), ...consoleRoutes(context)], {
    clock: context.table.clock,
    admit: createRequestRate(context.table, context.settings.callerRequestsPerSecond),
    operators: context.settings.operators,
    singleSignOn: context.settings.singleSignOn,
    url: context.bus.gatewayUrl,
    findDisabled: (path) => findDisabled(context.services, path),
  });
  return middy<HttpEvent, HttpResponse>({
    timeoutEarlyInMillis: answerBeforeEndMs,
    timeoutEarlyResponse: () => {
      throw new ProblemError(504, 'timeout_error', 'The gateway could not answer in time.');
    },
  })
    .onError((request) => {
      const { error, event } = request;
      const problem = toProblem(error, event, { log: context.log, clock: context.table.clock });
      request.response = fitToMethod(event, problemResponse(problem, readRequestId(event)));
    })
    .handler(async (event, lambdaContext) => checkAnswerSize(fitToMethod(event, await route(event, lambdaContext))));
};

/** Everything that the API offers; the console, which is a client of it, is not part of it. */
export const createRoutes = (context: ApiContext): Route[] => {
  const requireCredentials = createRequireCredentials(context);
  const accept = createAcceptRequest(context, requireCredentials);
  const { services } = context;
  const routes = [
    ...services
      .flatMap(({ operations }) => operations)
      .flatMap((operation) => generationRoutes(context, accept, operation)),
    ...(services.includes(photoshop) ? legacyRoutes(context, accept) : []),
    helloRoute(requireCredentials),
    ...(services.includes(firefly) ? [uploadImageRoute(context)] : []),
    ...services.flatMap((service) => [...listRoutes(context, service), ...serviceJobRoutes(context, service)]),
    ...estimateRoutes(context, requireCredentials),
    ...uploadRoutes(context),
    ...statusRoutes(context),
    ...cancelRoutes(context),
    listRoute(context),
    getRoute(context),
    outputRoute(context),
    deleteRoute(context),
    ...editRoutes(context),
    meRoute(context),
    ...queueRoutes(context),
    ...interventionRoutes(context),
    auditRoute(context),
    ...callerRoutes(context),
    ...callerPauseRoutes(context),
    ...batchRoutes(context, requireCredentials),
    ...webhookRoutes(context),
    ...erasureRoutes(context),
    ...usageRoutes(context),
    ...healthRoutes(context),
  ];
  return [...routes, ...docsRoutes(routes, { ...context.settings, hasConsole: context.console !== undefined })];
};
