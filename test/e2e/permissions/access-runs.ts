import { RotateSecretCommand } from '@aws-sdk/client-secrets-manager';
import { expect } from 'vitest';
import { localClients } from '#local/clients.ts';
import { createDemoCallers } from '#local/demo-callers.ts';
import { stackNames } from '#local/stack-settings.ts';
import { jwksPath } from '#shared/callers/token-paths.ts';
import { jobPartitions } from '#shared/deployment/tables.ts';
import { ended, generate, json, type Run } from './steps.ts';

/** Callers and credentials. */
export const accessRuns: Record<string, Run> = {
  'operators manage callers, pause them and read the trail': async (world) => {
    await world.send('GET', '/callers', undefined, { expects: 200 });
    const { callerId } = await json(world.send('POST', '/callers', { name: 'team-c' }, { expects: 201 }));
    const caller = String(callerId);
    const policy = { requestsPerDay: 50, operationsPerDay: 1 };
    await world.send('PUT', `/callers/${caller}`, { policy }, { expects: 200 });
    await world.send('PUT', `/callers/${caller}/pause`, {}, { expects: 200 });
    const held = generate(world, {}, { caller });
    await held;
    await world.gateway.stack.lambda.invoke(stackNames.functions.dispatch, { scheduled: true });
    await world.send('PUT', `/callers/${caller}/resume`, undefined, { expects: 200 });
    await ended(world, held, caller);
    // The pause is forgotten a while after all jobs are back; and what the job cost is all of the budget, which dispatch announces.
    await world.update({ pk: jobPartitions.callerPauses, sk: caller }, 'SET returningSince = :then', { ':then': 0 });
    await world.gateway.stack.lambda.invoke(stackNames.functions.dispatch, { scheduled: true });
    await world.send('POST', `/callers/${caller}/secrets`, undefined, { expects: 201 });
    await world.send('GET', '/queue', undefined, { expects: 200 });
    await world.send('GET', '/queue/callers', undefined, { expects: 200 });
    await world.send('GET', '/audit', undefined, { expects: 200 });
    await world.send('DELETE', `/callers/${caller}`, undefined, { expects: 204 });
    await world.send('GET', '/health/details', undefined, { expects: 200 });
  },
  'lists of Adobe are passed on': async (world) => {
    await world.send('GET', '/v1/voices', undefined, { expects: 200 });
  },
  'a caller gets a token for its secret, not for a wrong one, and calls with it': async (world) => {
    const [caller] = await createDemoCallers(world.gateway.stack.description);
    const at = (path: string) => new URL(path, world.gateway.url);
    const ask = (client_secret = '') =>
      fetch(at('/ims/token/v3'), {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({
          grant_type: 'client_credentials',
          client_id: caller?.clientId ?? '',
          client_secret,
          scope: 'openid',
        }),
      });
    expect((await ask('wrong')).status).toBeGreaterThanOrEqual(400);
    const { access_token } = await json(ask(caller?.clientSecret));
    const answer = await world.gateway.call('/jobs', { headers: { authorization: `Bearer ${access_token}` } });
    expect(answer.status).toBe(200);
    expect((await fetch(at(jwksPath))).status).toBe(200);
  },
  'the client secret and the key of tokens are rotated, and the daily run looks after them': async (world) => {
    const { secretsManager, dynamoDb, s3 } = localClients(world.gateway.stack.description);
    const { lambda, secretsManager: server } = world.gateway.stack;
    // A rotation that fails is aborted by the daily run, and begun anew.
    await world.adobe.addFault({ fault: 'unavailable', path: '/organizations/', method: 'POST' });
    await secretsManager.send(new RotateSecretCommand({ SecretId: stackNames.clientCredentialsSecret }));
    await server.rotationsSettled();
    await world.adobe.clearFaults();
    await lambda.invoke(stackNames.functions['secret-rotation'], { action: 'daily' });
    await server.rotationsSettled();
    await secretsManager.send(new RotateSecretCommand({ SecretId: stackNames.signingKeySecret }));
    await server.rotationsSettled();
    for (const client of [secretsManager, dynamoDb, s3]) client.destroy();
  },
};
