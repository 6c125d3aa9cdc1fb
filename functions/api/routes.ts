import { operations } from '#shared/adobe/services/firefly/operations.ts';
import { customModels } from './adobe/custom-models.ts';
import { storageImage } from './adobe/upload-image.ts';
import { batchRoutes } from './batches/routes.ts';
import type { Gateway } from './context.ts';
import { createAccept } from './generations/accept.ts';
import { generation } from './generations/create.ts';
import { health } from './health.ts';
import { createRequireCredentials } from './http/credentials-guard.ts';
import type { Route } from './http/router.ts';
import { cancel } from './jobs/cancel.ts';
import { jobDelete } from './jobs/delete.ts';
import { jobRecord } from './jobs/get.ts';
import { jobsList } from './jobs/list.ts';
import { jobOutputs } from './jobs/output.ts';
import { status } from './jobs/status.ts';
import { docs } from './openapi/docs.ts';
import { openApi } from './openapi/openapi.ts';
import { queueRoutes } from './queue/routes.ts';
import { uploads } from './uploads/create.ts';
import { webhookRoutes } from './webhooks/routes.ts';

/** Everything that the API offers. */
export const createRoutes = (gateway: Gateway): Route[] => {
  const requireCredentials = createRequireCredentials(gateway);
  const accept = createAccept(gateway, requireCredentials);
  const routes = [
    ...operations.flatMap((operation) => generation(gateway, accept, operation)),
    storageImage(gateway),
    customModels(gateway),
    uploads(gateway),
    status(gateway),
    cancel(gateway),
    jobsList(gateway),
    jobRecord(gateway),
    jobOutputs(gateway),
    jobDelete(gateway),
    ...queueRoutes(gateway),
    ...batchRoutes(gateway, requireCredentials),
    ...webhookRoutes(gateway),
    health(gateway),
    ...docs(gateway.docsAssetsDirectory),
  ];
  return [...routes, openApi(routes, gateway.version)];
};
