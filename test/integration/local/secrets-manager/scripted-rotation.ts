import { randomUUID } from 'node:crypto';
import {
  CreateSecretCommand,
  DescribeSecretCommand,
  PutSecretValueCommand,
  RotateSecretCommand,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { expect, onTestFinished } from 'vitest';
import type { FailedAttempt, RotationEvent } from '#local/secrets-manager/rotation.ts';
import { startSecretsManager } from '#local/secrets-manager/server.ts';
import { clientOf } from './session.ts';

const functionArn = 'arn:aws:lambda:us-east-1:000000000000:function:stage-secret-rotation';
/** A stand-in with one secret and a scripted rotation function; it closes when the test ends. */
export const prepareRotation = async (
  onEvent: (event: RotationEvent, calls: RotationEvent[]) => Promise<void> | void,
) => {
  const clock = { time: Date.UTC(2026, 0, 1), now: () => clock.time };
  const calls: RotationEvent[] = [];
  const failures: FailedAttempt[] = [];
  const server = await startSecretsManager({
    clock,
    rotationRetries: 2,
    rotationRetryDelayMs: 1,
    onFailedAttempt: (failure) => failures.push(failure),
    invokeFunction: async (arn, event) => {
      expect(arn).toBe(functionArn);
      calls.push(event);
      await onEvent(event, calls);
    },
  });
  onTestFinished(() => server.close());
  const client = clientOf(server.url);
  const firstId = randomUUID();
  await client.send(
    new CreateSecretCommand({ Name: 'credentials', SecretString: 'first', ClientRequestToken: firstId }),
  );
  const rotate = (input: Partial<ConstructorParameters<typeof RotateSecretCommand>[0]> = {}) =>
    client.send(
      new RotateSecretCommand({
        SecretId: 'credentials',
        RotationLambdaARN: functionArn,
        RotationRules: { AutomaticallyAfterDays: 30 },
        ...input,
      }),
    );
  const described = () => client.send(new DescribeSecretCommand({ SecretId: 'credentials' }));
  const move = (VersionStage: string, from: string, to?: string) =>
    client.send(
      new UpdateSecretVersionStageCommand({
        SecretId: 'credentials',
        VersionStage,
        RemoveFromVersionId: from,
        ...(to && { MoveToVersionId: to }),
      }),
    );
  const put = (token: string, value: string) =>
    client.send(
      new PutSecretValueCommand({
        SecretId: 'credentials',
        SecretString: value,
        ClientRequestToken: token,
        VersionStages: ['AWSPENDING'],
      }),
    );
  /** What a rotation function does that keeps to the contract. */
  const work = async ({ Step, ClientRequestToken: token }: RotationEvent) => {
    if (Step === 'createSecret') await put(token, `value of ${token}`);
    if (Step === 'finishSecret') {
      const { VersionIdsToStages = {} } = await described();
      const current =
        Object.keys(VersionIdsToStages).find((id) => VersionIdsToStages[id]?.includes('AWSCURRENT')) ?? '';
      if (current !== token) await move('AWSCURRENT', current, token);
    }
  };
  return { server, client, clock, calls, failures, firstId, rotate, described, move, work };
};

/** The names of the steps that were called. */
export const steps = (calls: readonly RotationEvent[]) => calls.map((call) => call.Step);
export const allSteps = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'];
