import { operations } from '#shared/adobe/firefly/operations.ts';
import { createAccept } from './accept.ts';
import { batchRoutes } from './batches/batch-routes.ts';
import { cancel } from './cancel.ts';
import { customModels } from './custom-models.ts';
import type { Gateway } from './gateway.ts';
import { generation } from './generation.ts';
import { health } from './health.ts';
import { jobDelete } from './job-delete.ts';
import { jobOutputs } from './job-outputs.ts';
import { jobRecord } from './job-record.ts';
import { jobsList } from './jobs-list.ts';
import { docs } from './openapi/docs.ts';
import { openApi } from './openapi/openapi.ts';
import { queueRoutes } from './queue/queue-routes.ts';
import { createRequireCredentials } from './require-credentials.ts';
import type { Route } from './router.ts';
import { status } from './status.ts';
import { storageImage } from './storage-image.ts';
import { uploads } from './uploads.ts';
import { webhookRoutes } from './webhooks/webhook-routes.ts';

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
