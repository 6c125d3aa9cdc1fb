import { createAccept } from './accept.ts';
import { cancel } from './cancel.ts';
import type { Gateway } from './gateway.ts';
import { generateAsync } from './generate-async.ts';
import { generateSync } from './generate-sync.ts';
import { health } from './health.ts';
import { jobDelete } from './job-delete.ts';
import { jobOutputs } from './job-outputs.ts';
import { jobRecord } from './job-record.ts';
import { jobsList } from './jobs-list.ts';
import { createRequireCredentials } from './require-credentials.ts';
import type { Route } from './router.ts';
import { status } from './status.ts';

/** Everything that the API offers. */
export const createRoutes = (gateway: Gateway): Route[] => {
  const accept = createAccept(gateway, createRequireCredentials(gateway));
  return [
    generateAsync(gateway, accept),
    generateSync(gateway, accept),
    status(gateway),
    cancel(gateway),
    jobsList(gateway),
    jobRecord(gateway),
    jobOutputs(gateway),
    jobDelete(gateway),
    health(gateway),
  ];
};
