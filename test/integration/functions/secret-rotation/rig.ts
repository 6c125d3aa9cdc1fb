import { randomUUID } from 'node:crypto';
import {
  CreateSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  RotateSecretCommand,
} from '@aws-sdk/client-secrets-manager';
import type { RotationPolicy, RotationPorts } from '#functions/secret-rotation/context.ts';
import { runDaily } from '#functions/secret-rotation/daily.ts';
import { deletePreviousSecretNow } from '#functions/secret-rotation/secrets/delete.ts';
import { runStep } from '#functions/secret-rotation/steps/run-step.ts';
import { createSecretStore } from '#functions/secret-rotation/stores/secret-store.ts';
import { createStateStore } from '#functions/secret-rotation/stores/state-store.ts';
import { startSecretsManager } from '#local/secrets-manager/server.ts';
import { simulatedCredentials } from '#local/simulator/credentials.ts';
import { startSimulator } from '#local/simulator/simulator.ts';
import { createImsClient } from '#shared/adobe/auth/ims.ts';
import { generationScopes, managementScopes } from '#shared/adobe/auth/scopes.ts';
import { type ClientCredentials, readClientCredentials } from '#shared/adobe/auth/stored-credentials.ts';
import { checkFireflyAccess } from '#shared/adobe/console/firefly-access.ts';
import { createIoManagementClient } from '#shared/adobe/console/io-management.ts';
import { rotationSteps, type StepEvent } from '#shared/aws/rotation-event.ts';
import { createStatusItems } from '#shared/aws/status-items.ts';
import { startRotationTables } from '#test/fixtures/rotation-tables.ts';
import { startMotoServer } from '#test/integration/local/secrets-manager/moto-server.ts';
import { clientOf } from '#test/integration/local/secrets-manager/session.ts';
import { type CrashPoint, createLife } from '#test/unit/functions/secret-rotation/world/side-effects.ts';
import { createSimulatedClock } from '#test/unit/functions/secret-rotation/world/simulated-clock.ts';

const hourMs = 3_600_000;

const policy: RotationPolicy = {
  generationScopes: generationScopes.join(','),
  managementScopes: managementScopes.join(','),
  graceMs: 48 * hourMs,
  unusedMs: 24 * hourMs,
  propagationMs: 60_000,
  rotationIntervalMs: 30 * 24 * hourMs,
  retryMs: 20_000,
  addTimeoutMs: 20_000,
  leaseMs: 60_000,
  handoverMs: 30_000,
};

export type Backend = 'stand-in' | 'moto';

type Steps = (event: StepEvent) => Promise<void>;

/** Secrets Manager, by whoever plays it; `rotate` begins a rotation and waits until its steps are done. */
const startBackend = async (backend: Backend, clock: { now(): number }, runSteps: Steps) => {
  if (backend === 'stand-in') {
    const failures: unknown[] = [];
    const server = await startSecretsManager({
      clock,
      rotationRetries: 0,
      onFailedAttempt: ({ error }) => failures.push(error),
      invokeFunction: (_, { Step, SecretId, ClientRequestToken }) => runSteps({ Step, SecretId, ClientRequestToken }),
    });
    const client = clientOf(server.url);
    const rotationLambdaArn = 'arn:aws:lambda:us-east-1:000000000000:function:rotation';
    return {
      client,
      close: server.close,
      begin: async (SecretId: string) => {
        await client.send(new RotateSecretCommand({ SecretId, RotationLambdaARN: rotationLambdaArn }));
      },
      settle: async () => {
        await server.rotationsSettled();
        if (failures.length > 0) throw failures.splice(0)[0];
      },
    };
  }
  const moto = await startMotoServer();
  const client = clientOf(moto.url);
  const begun: string[] = [];
  return {
    client,
    close: moto.close,
    // moto forgets the rotation function, and without one it makes the empty new version the current one.
    begin: async (SecretId: string) => {
      const { VersionIdsToStages = {} } = await client.send(new DescribeSecretCommand({ SecretId }));
      const isOpen = Object.values(VersionIdsToStages).some((labels) => labels.join() === 'AWSPENDING');
      // AWS refuses this; moto takes the label from the version that has it.
      if (isOpen) throw Object.assign(new Error('A rotation is open.'), { name: 'InvalidRequestException' });
      await client.send(new RotateSecretCommand({ SecretId, RotationLambdaARN: moto.rotationFunctionArn }));
      begun.push(SecretId);
    },
    // moto's own function does nothing: the steps are called here.
    settle: async () => {
      for (const SecretId of begun.splice(0)) {
        const { ARN = '', VersionIdsToStages = {} } = await client.send(new DescribeSecretCommand({ SecretId }));
        const [token] = Object.entries(VersionIdsToStages).find(([, labels]) => labels.includes('AWSPENDING')) ?? [];
        for (const Step of rotationSteps) await runSteps({ Step, SecretId: ARN, ClientRequestToken: token ?? '' });
      }
    },
  };
};

/** The rotation over the real protocols: unmodified SDK clients, DynamoDB, Secrets Manager and Adobe on 127.0.0.1. */
export const startRotationRig = async (backend: Backend) => {
  const clock = createSimulatedClock(Date.now());
  const simulator = await startSimulator({ clock, revokeTokensWithSecret: true });
  const tables = await startRotationTables();
  const { dynamoDb } = tables;
  let crash: CrashPoint | undefined;
  let effects: string[] = [];
  let died = false;

  const live = async <Result>(work: (options: Parameters<typeof runDaily>[0]) => Promise<Result>): Promise<Result> => {
    const life = createLife(crash && { ...crash, index: crash.index - effects.length });
    try {
      return await work({ ports: life.wrap(scene.ports), policy, deadline: clock.now() + 300_000 });
    } finally {
      effects = [...effects, ...life.effects];
      died ||= life.isDead();
    }
  };
  const secretsManager = await startBackend(backend, clock, (event) => live((run) => runStep(run, event)));

  const createScene = async () => {
    const secretId = `stage/${randomUUID()}`;
    const { jobTable, intentTable } = await tables.create();
    const refreshes: string[] = [];
    const read = async (VersionStage: string): Promise<ClientCredentials | undefined> => {
      const { SecretString } = await secretsManager.client.send(
        new GetSecretValueCommand({ SecretId: secretId, VersionStage }),
      );
      return readClientCredentials(SecretString ?? '');
    };
    const ims = createImsClient({ baseUrl: simulator.url, clock });
    const secrets = createSecretStore({ secretsManager: secretsManager.client, secretId });
    const line = (message: string, fields?: Record<string, unknown>) => {
      logged.push(JSON.stringify({ message, ...fields }));
    };
    const logged: string[] = [];
    const ports: RotationPorts = {
      secrets: { ...secrets, rotate: () => secretsManager.begin(secretId) },
      state: createStateStore({ dynamoDb, tableName: intentTable, clock }),
      ims,
      openIoManagement: (credential, accessToken) =>
        createIoManagementClient({ ...credential, accessToken, baseUrl: simulator.url, timeoutMs: 20_000 }),
      checkFirefly: (token) => checkFireflyAccess({ baseUrl: simulator.url, token, timeoutMs: 20_000 }),
      refreshToken: async () => {
        const current = await read('AWSCURRENT');
        if (current === undefined) throw new Error('nothing is configured');
        const { clientId, clientSecret } = current;
        await ims.mint({ clientId, clientSecret, scopes: policy.generationScopes });
        refreshes.push(clientSecret);
      },
      status: createStatusItems({ dynamoDb, tableName: jobTable, clock }),
      clock,
      sleep: clock.sleep,
      log: { debug: line, info: line, warn: line, error: line },
      recordMetric: () => undefined,
    };
    return { secretId, read, ports, refreshes, logged };
  };
  let scene = await createScene();

  return {
    clock,
    simulator,
    scene: () => scene,
    /** A new secret with the first client secret of the credential, and an Adobe that lists no other. */
    reset: async (): Promise<void> => {
      scene = await createScene();
      simulator.faults.clear();
      const [first] = simulator.console.secrets();
      for (const { uuid } of simulator.console.secrets().slice(1)) simulator.console.delete(uuid);
      const { value: clientSecret, uuid: secretUuid } = first ?? { value: '', uuid: '' };
      const { clientId, orgId, projectId, credentialId } = simulatedCredentials;
      const value = { clientId, orgId, projectId, credentialId, clientSecret, secretUuid };
      await secretsManager.client.send(
        new CreateSecretCommand({ Name: scene.secretId, SecretString: JSON.stringify(value) }),
      );
    },
    /** `RotateSecret` by somebody who knows nothing but the secret's id. */
    rotate: async (at?: CrashPoint): Promise<{ effects: string[]; died: boolean; error?: unknown }> => {
      [crash, effects, died] = [at, [], false];
      try {
        await secretsManager.begin(scene.secretId);
        await secretsManager.settle();
        return { effects, died };
      } catch (error) {
        return { effects, died, error };
      }
    },
    daily: async () => {
      [crash, effects, died] = [undefined, [], false];
      const report = await live(runDaily);
      await secretsManager.settle();
      return report;
    },
    deletePreviousNow: (confirm: string) => {
      [crash, effects, died] = [undefined, [], false];
      return live((run) => deletePreviousSecretNow(run, confirm));
    },
    labels: async (): Promise<Record<string, string[]>> => {
      const { stages } = await scene.ports.secrets.describe();
      const labelled = Object.entries(stages).filter(([, labels]) => labels.length > 0);
      return Object.fromEntries(labelled.map(([id, labels]) => [id, [...labels].sort()]));
    },
    close: () => Promise.all([simulator.close(), tables.close(), secretsManager.close()]),
  };
};

export type RotationRig = Awaited<ReturnType<typeof startRotationRig>>;
