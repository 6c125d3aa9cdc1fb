import middy from '@middy/core';
import { createAccessTokenCache } from '#shared/adobe/auth/access-token.ts';
import { createCallAdobe } from '#shared/adobe/http/call.ts';
import { createReadOnlyTokenSource } from '#shared/aws/access-token-source.ts';
import { createSecretsManager } from '#shared/aws/clients.ts';
import { systemClock as clock } from '#shared/clock.ts';
import { passthroughEnvironment } from '#shared/deployment/job-environments.ts';
import { enabledServices, getBaseUrl } from '#shared/deployment/services.ts';
import { createLog } from '#shared/observability.ts';
import { createPassOn } from './pass-on.ts';

const environment = passthroughEnvironment.read(process.env);
const log = createLog();
const token = createReadOnlyTokenSource({
  secretsManager: createSecretsManager(),
  secretId: environment.accessTokenSecretId,
});

/** Makes calls of callers at Adobe with the gateway's token; only api invokes it. */
export const handler = middy<unknown>()
  .before(log.inContext())
  .handler(
    createPassOn({
      callAdobe: createCallAdobe(createAccessTokenCache(token, clock), { clock, log }),
      services: enabledServices(environment.services),
      getBaseUrl: (service) => getBaseUrl(environment.services, service),
    }),
  );
