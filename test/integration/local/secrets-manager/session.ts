import { randomUUID } from 'node:crypto';
import {
  CreateSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  RotateSecretCommand,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { expect } from 'vitest';

/** Where an implementation departs from AWS; each is asserted to exist still, so that the list stays true. */
export type Deviation =
  | 'replaces the value of a pending version'
  | 'takes a label from a version that was not named'
  | 'removes AWSCURRENT without a target'
  | 'rotates while AWSPENDING is left on another version'
  | 'rotates without a rotation function'
  | 'forgets the rotation function';

/** A running Secrets Manager, whoever serves it, with a rotation function that succeeds and does nothing. */
export interface Backend {
  url: string;
  rotationFunctionArn: string;
  close(): Promise<void>;
}

/** A client with made-up credentials that shows every answer at once. */
export const clientOf = (url: string): SecretsManagerClient =>
  new SecretsManagerClient({
    endpoint: url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
    maxAttempts: 1,
  });

/** The calls that the behaviour tests make, through the unmodified SDK client. */
export const createSession = (backend: Backend, deviations: readonly Deviation[]) => {
  const client = clientOf(backend.url);
  const deviates = (deviation: Deviation): boolean => deviations.includes(deviation);

  return {
    client,
    rotationFunctionArn: backend.rotationFunctionArn,
    deviates,

    /** A refusal of AWS; an implementation that deviates must be seen to accept. */
    expectRefusal: async (call: Promise<unknown>, exception: string, deviation?: Deviation): Promise<void> => {
      if (deviation && deviates(deviation)) await expect(call).resolves.toBeDefined();
      else await expect(call).rejects.toMatchObject({ name: exception });
    },

    create: async (value = 'first') => {
      const secretId = `stage/${randomUUID()}`;
      const firstId = randomUUID();
      const created = await client.send(
        new CreateSecretCommand({ Name: secretId, SecretString: value, ClientRequestToken: firstId }),
      );
      return { secretId, firstId, arn: created.ARN ?? '' };
    },

    put: async (secretId: string, value: string, stages?: string[], token: string = randomUUID()) => {
      const answer = await client.send(
        new PutSecretValueCommand({
          SecretId: secretId,
          SecretString: value,
          ClientRequestToken: token,
          ...(stages && { VersionStages: stages }),
        }),
      );
      expect(answer.VersionId).toBe(token);
      return token;
    },

    read: (secretId: string, which: { VersionId?: string; VersionStage?: string } = { VersionStage: 'AWSCURRENT' }) =>
      client.send(new GetSecretValueCommand({ SecretId: secretId, ...which })),

    labels: async (secretId: string): Promise<Record<string, string[]>> => {
      const { VersionIdsToStages } = await client.send(new DescribeSecretCommand({ SecretId: secretId }));
      const labelled = Object.entries(VersionIdsToStages ?? {}).filter(([, stages]) => stages.length > 0);
      return Object.fromEntries(labelled.map(([id, stages]) => [id, stages.toSorted()]));
    },

    move: (secretId: string, stage: string, to?: string, from?: string) =>
      client.send(
        new UpdateSecretVersionStageCommand({
          SecretId: secretId,
          VersionStage: stage,
          ...(to && { MoveToVersionId: to }),
          ...(from && { RemoveFromVersionId: from }),
        }),
      ),

    rotate: (secretId: string, rotationFunctionArn?: string, token: string = randomUUID()) =>
      client.send(
        new RotateSecretCommand({
          SecretId: secretId,
          ClientRequestToken: token,
          ...(rotationFunctionArn && {
            RotationLambdaARN: rotationFunctionArn,
            RotationRules: { AutomaticallyAfterDays: 30 },
          }),
        }),
      ),
  };
};

/** @see createSession */
export type Session = ReturnType<typeof createSession>;
