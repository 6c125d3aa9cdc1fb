import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import * as z from 'zod';
import type { Clock } from '#shared/clock.ts';
import { type Operation, operation } from '../aws-json-server.ts';
import { ServiceError } from '../service-error.ts';
import { moveLabel, type Secret, type SecretStore } from './secrets.ts';
import { invalidParameter, requestToken, secretId, tokenOf } from './values.ts';

const dayMs = 86_400_000;

/** The four steps in the order in which Secrets Manager calls the rotation function. */
export const rotationSteps = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'] as const;

/** What the rotation function is invoked with. */
export interface RotationEvent {
  Step: (typeof rotationSteps)[number];
  SecretId: string;
  ClientRequestToken: string;
  RotationToken: string;
}

/** Calls the rotation function and waits for it; rejects when the function failed. */
export type InvokeFunction = (functionArn: string, event: RotationEvent) => Promise<void>;

/** One attempt of a rotation that failed. */
export interface FailedAttempt {
  secretName: string;
  versionId: string;
  attempt: number;
  error: unknown;
}

export interface RotationOptions {
  store: SecretStore;
  clock: Clock;
  invokeFunction: InvokeFunction;
  /** How often a failed rotation is tried anew from its first step. */
  retries: number;
  /** Milliseconds of real time before each retry. */
  retryDelayMs: number;
  onFailedAttempt: (failure: FailedAttempt) => void;
}

export interface Rotations {
  /** Answers at once; the rotation function is called afterwards. */
  rotateSecret: Operation;
  /** Starts the rotation of every secret whose next rotation is due; returns their names. */
  rotateDue(): string[];
  /** Goes on with rotations and tests that an earlier process left; returns the names of their secrets. */
  resume(): string[];
  /** Resolves when no rotation is running any more. */
  settled(): Promise<void>;
  /** Starts no further step and waits for none; what a running step still does is ignored. */
  stop(): void;
}

/** Rotates secrets by a function, when RotateSecret asks for it and when a secret is due. */
export const createRotations = (options: RotationOptions): Rotations => {
  const { store, clock, invokeFunction, retries, retryDelayMs, onFailedAttempt } = options;
  const running = new Set<Promise<void>>();
  const stopping = new AbortController();

  const isOpen = (secret: Secret, versionId: string): boolean =>
    !stopping.signal.aborted && secret.labels.get('AWSPENDING') === versionId;

  const report = (failure: FailedAttempt): void => {
    if (!stopping.signal.aborted) onFailedAttempt(failure);
  };

  const invoke = (secret: Secret, versionId: string, Step: RotationEvent['Step']): Promise<void> => {
    if (!secret.rotation) throw new Error('A secret without a rotation function is never rotated.');
    const event = { Step, SecretId: secret.arn, ClientRequestToken: versionId, RotationToken: randomUUID() };
    return invokeFunction(secret.rotation.lambdaArn, event);
  };

  const plan = (secret: Secret): void => {
    if (!secret.rotation) return;
    const days = secret.rotation.rules.AutomaticallyAfterDays;
    secret.rotation.nextRotationAt = days === undefined ? undefined : clock.now() + days * dayMs;
  };

  const rotateOnce = async (secret: Secret, versionId: string): Promise<void> => {
    for (const step of rotationSteps) {
      if (!isOpen(secret, versionId)) return;
      await invoke(secret, versionId, step);
    }
    if (secret.labels.get('AWSCURRENT') !== versionId) {
      throw new Error('The rotation function finished without moving AWSCURRENT to the new version.');
    }
  };

  const rotate = async (secret: Secret, versionId: string): Promise<void> => {
    for (let attempt = 1; attempt <= 1 + retries && isOpen(secret, versionId); attempt += 1) {
      if (attempt > 1) await delay(retryDelayMs, undefined, { signal: stopping.signal }).catch(() => undefined);
      try {
        await rotateOnce(secret, versionId);
        break;
      } catch (error) {
        report({ secretName: secret.name, versionId, attempt, error });
      }
    }
    if (secret.rotation && secret.labels.get('AWSCURRENT') === versionId) {
      secret.rotation.lastRotatedAt = clock.now();
      plan(secret);
      store.keep(secret);
    }
  };

  const test = async (secret: Secret, versionId: string): Promise<void> => {
    try {
      await invoke(secret, versionId, 'testSecret');
    } catch (error) {
      report({ secretName: secret.name, versionId, attempt: 1, error });
    }
    if (secret.labels.get('AWSPENDING') === versionId) secret.labels.delete('AWSPENDING');
    if (![...secret.labels.values()].includes(versionId)) secret.versions.delete(versionId);
    store.keep(secret);
  };

  // The answer to RotateSecret is on its way before the rotation function is called.
  const begin = (secret: Secret, versionId: string, purpose: 'rotation' | 'test'): void => {
    const run = purpose === 'rotation' ? rotate : test;
    const rotation = new Promise<void>((resolve) => setImmediate(resolve))
      .then(() => run(secret, versionId))
      // What could not be kept is done again when the next rotation is due, or at the next start.
      .catch((error: unknown) => report({ secretName: secret.name, versionId, attempt: 1, error }))
      .finally(() => running.delete(rotation));
    running.add(rotation);
  };

  const start = (secret: Secret, versionId: string, purpose: 'rotation' | 'test'): void => {
    secret.versions.set(versionId, { id: versionId, createdAt: clock.now(), openedFor: purpose });
    moveLabel(secret, 'AWSPENDING', versionId);
    store.keep(secret);
    begin(secret, versionId, purpose);
  };

  const pendingElsewhere = (secret: Secret): boolean => {
    const pending = secret.labels.get('AWSPENDING');
    return pending !== undefined && pending !== secret.labels.get('AWSCURRENT');
  };

  // A crash after the last step and before the plan: the rotation is done, and not due once more.
  const completePlan = (secret: Secret): void => {
    const current = secret.versions.get(secret.labels.get('AWSCURRENT') ?? '');
    const { rotation } = secret;
    if (!rotation || current?.openedFor !== 'rotation' || current.createdAt <= (rotation.lastRotatedAt ?? 0)) return;
    rotation.lastRotatedAt = clock.now();
    plan(secret);
    store.keep(secret);
  };

  const rotateSecret = operation(
    z.strictObject({
      SecretId: secretId,
      ClientRequestToken: requestToken.optional(),
      RotationLambdaARN: z.string().min(1).max(2048).optional(),
      RotationRules: z.strictObject({ AutomaticallyAfterDays: z.int().min(1).max(1000).optional() }).optional(),
      RotateImmediately: z.boolean().default(true),
    }),
    invalidParameter,
    (input) => {
      const secret = store.find(input.SecretId);
      const versionId = tokenOf(input);
      const answer = { ARN: secret.arn, Name: secret.name, VersionId: versionId };
      const existing = secret.versions.get(versionId);
      if (existing?.openedFor !== undefined) return answer;
      if (existing) {
        throw new ServiceError(
          'ResourceExistsException',
          `You can't use ClientRequestToken ${versionId} because that value is already in use for a version of secret ${secret.arn}.`,
        );
      }
      const lambdaArn = input.RotationLambdaARN ?? secret.rotation?.lambdaArn;
      if (lambdaArn === undefined) {
        throw new ServiceError(
          'InvalidRequestException',
          'No Lambda rotation function ARN is associated with this secret.',
        );
      }
      if (pendingElsewhere(secret)) {
        throw new ServiceError(
          'InvalidRequestException',
          "A previous rotation isn't complete. That rotation will be reattempted.",
        );
      }
      const rules = input.RotationRules ?? secret.rotation?.rules ?? {};
      secret.rotation = { ...secret.rotation, lambdaArn, rules };
      plan(secret);
      start(secret, versionId, input.RotateImmediately ? 'rotation' : 'test');
      return answer;
    },
  );

  const settled = async (): Promise<void> => {
    while (running.size > 0) await Promise.all(running);
  };

  return {
    rotateSecret,
    rotateDue: () => {
      const due = store.all().filter((secret) => {
        const next = secret.rotation?.nextRotationAt;
        return next !== undefined && next <= clock.now() && !pendingElsewhere(secret);
      });
      for (const secret of due) start(secret, randomUUID(), 'rotation');
      return due.map((secret) => secret.name);
    },
    resume: () =>
      store.all().flatMap((secret) => {
        completePlan(secret);
        const versionId = secret.labels.get('AWSPENDING');
        const purpose = versionId === undefined ? undefined : secret.versions.get(versionId)?.openedFor;
        if (versionId === undefined || purpose === undefined || !pendingElsewhere(secret)) return [];
        begin(secret, versionId, purpose);
        return [secret.name];
      }),
    settled,
    stop: () => stopping.abort(),
  };
};
