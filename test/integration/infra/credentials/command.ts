import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { vi } from 'vitest';
import { runCredentials } from '#infra/credentials/run.ts';
import { openStoredSecret } from '#infra/credentials/stored-secret.ts';
import { localClients } from '#local/clients.ts';
import { type ClientSecret, simulatedCredentials } from '#local/simulator/credentials.ts';
import type { Simulator } from '#local/simulator/simulator.ts';
import type { Stack } from '#local/stack.ts';
import { generationScopes, managementScopes } from '#shared/adobe/auth/scopes.ts';
import { removeItem } from '#shared/aws/table.ts';
import { systemClock } from '#shared/clock.ts';
import { startGateway } from '#test/fixtures/gateway.ts';
import { captured } from '#test/unit/infra/credentials/captured.ts';

/** How a run of the command ended. */
export interface Ran {
  code: number;
  stdout: string;
  stderr: string;
}

const { orgId, projectId, credentialId, clientId } = simulatedCredentials;

/** The address of the simulated credential's page. */
export const page = `https://developer.adobe.com/console/projects/${orgId}/${projectId}/credentials/${credentialId}/details/oauthservertoserver`;

/** The variables that tell any AWS client where the embedded stack is. */
export const awsEnvironment = ({ description }: Stack): Record<string, string> => ({
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: description.accessKeyId,
  AWS_SECRET_ACCESS_KEY: description.secretAccessKey,
  AWS_ENDPOINT_URL_SECRETS_MANAGER: description.secretsManager,
  AWS_ENDPOINT_URL_LAMBDA: description.lambda,
  AWS_ENDPOINT_URL_DYNAMODB: description.dynamodb,
});

/** What takes Adobe minutes is not waited for. */
const sleep = async (ms: number) => void (await delay(ms >= 15_000 ? 1 : Math.min(ms, 250)));

/** Starts an embedded stack and what it takes to run the command against it. */
export const startCommandRig = async () => {
  const gateway = await startGateway();
  const { stack } = gateway;
  const simulator = stack.simulator as Simulator;
  const { secretsManager, tables: dynamoDb } = localClients(stack.description);
  const { clientCredentialsSecret: SecretId, table: tableName } = stack.description;
  const secret = openStoredSecret(secretsManager, SecretId);
  for (const [name, value] of Object.entries(awsEnvironment(stack))) vi.stubEnv(name, value);
  const signals = new EventEmitter();
  const runs: Ran[] = [];
  const secretsSeen = new Set<string>();

  const put = (content: unknown, ...VersionStages: string[]) =>
    secretsManager.send(
      new PutSecretValueCommand({
        SecretId,
        SecretString: JSON.stringify(content),
        ...(VersionStages.length > 0 && { VersionStages }),
      }),
    );

  const noteSecrets = () => {
    for (const { value } of simulator.console.secrets()) secretsSeen.add(value);
  };

  const runStack = async (name: string, args: string[], env: Record<string, string> = {}): Promise<Ran> => {
    const streams = captured();
    const all = ['--stack', name, ...args];
    const code = await runCredentials({ args: all, env, stdin: new PassThrough(), signals, sleep, ...streams });
    const ran = { code, ...streams.text() };
    noteSecrets();
    runs.push(ran);
    return ran;
  };

  return {
    gateway,
    stack,
    simulator,
    secret,
    put,
    /** Emits what the operator's terminal sends. */
    signals,
    /** Every run so far. */
    runs,
    /** The value of every client secret that there has been. */
    secretsSeen,
    /** The client secret that the console user would copy. */
    only: () => simulator.console.secrets()[0] as ClientSecret,
    /** What the operator hands over in the environment. */
    environment: (): Record<string, string> => ({
      FIREFLY_SERVICES_CLIENT_ID: clientId,
      FIREFLY_SERVICES_CLIENT_SECRET: (simulator.console.secrets()[0] as ClientSecret).value,
      FIREFLY_SERVICES_CREDENTIAL_URL: page,
    }),
    /** A stack as deployed, with the placeholder, and a credential at Adobe with one new secret. */
    reset: async () => {
      noteSecrets();
      simulator.faults.clear();
      simulator.console.credential.scopes = [...new Set([...generationScopes, ...managementScopes])];
      for (const { uuid } of simulator.console.secrets().slice(1)) simulator.console.delete(uuid);
      const [old] = simulator.console.secrets();
      simulator.console.add();
      if (old) simulator.console.delete(old.uuid);
      noteSecrets();
      await put({ placeholder: 'generated' });
      for (const pk of ['status#token-refresh', 'status#secret-rotation']) {
        await removeItem({ dynamoDb, tableName, clock: systemClock }, { pk, sk: 'status' });
      }
    },
    runStack,
    run: (args: string[], env?: Record<string, string>) => runStack('firefly-gateway-local', args, env),
    close: async () => {
      vi.unstubAllEnvs();
      secretsManager.destroy();
      dynamoDb.destroy();
      await gateway.close();
    },
  };
};

/** What the tests of the command work with. */
export type CommandRig = Awaited<ReturnType<typeof startCommandRig>>;
