import { type Clock, systemClock } from '#shared/clock.ts';
import type { GuardRules } from '#shared/loopback-guard.ts';
import { type AwsJsonServer, startAwsJsonServer } from '../aws-json-server.ts';
import type { State } from '../data/state.ts';
import type { Authorizer } from '../iam/authorizer.ts';
import { listSecretAccesses } from './accesses.ts';
import { describeSecret } from './describe-secret.ts';
import { createRotations, type FailedAttempt, type InvokeFunction } from './rotation.ts';
import { createSecretStore } from './secrets.ts';
import { updateSecretVersionStage } from './stages.ts';
import { valueOperations } from './values.ts';

export interface SecretsManagerOptions {
  /** 0, the default, takes a free port. */
  port?: number;
  guard?: GuardRules;
  clock?: Clock;
  /** Decides on every request; without it all are allowed. */
  authorizer?: Authorizer;
  /** Calls a rotation function by its ARN and waits for it; rejects when it failed. */
  invokeFunction?: InvokeFunction;
  /** How often a failed rotation is tried anew from its first step. Default 2. */
  rotationRetries?: number;
  /** Milliseconds before each retry; AWS takes minutes to hours. Default 50. */
  rotationRetryDelayMs?: number;
  /** Keeps the secrets; by default they end with the server. */
  state?: State;
  /** Told about every attempt of a rotation that failed. Default: a line on stderr. */
  onFailedAttempt?: (failure: FailedAttempt) => void;
}

export interface SecretsManagerServer extends AwsJsonServer {
  /** Starts the rotation of every secret whose next rotation is due by the clock; returns their names. */
  rotateDue(): string[];
  /** Goes on with rotations that an earlier process left; returns the names of their secrets. */
  resume(): string[];
  /** Resolves when no rotation is running any more. */
  rotationsSettled(): Promise<void>;
}

/**
 * Starts a stand-in for AWS Secrets Manager on 127.0.0.1, for unmodified clients. It serves the operations that the gateway
 * and its commands call and keeps staging labels, versions and rotation as the service documents them; members of a request
 * that it does not know, such as tags and binary values, it refuses.
 */
export const startSecretsManager = async (options: SecretsManagerOptions = {}): Promise<SecretsManagerServer> => {
  const clock = options.clock ?? systemClock;
  const store = createSecretStore(options.state);
  const rotations = createRotations({
    store,
    clock,
    invokeFunction:
      options.invokeFunction ?? ((arn) => Promise.reject(new Error(`No function is served under the ARN ${arn}.`))),
    retries: options.rotationRetries ?? 2,
    retryDelayMs: options.rotationRetryDelayMs ?? 50,
    onFailedAttempt:
      options.onFailedAttempt ??
      (({ secretName, attempt, error }) => console.error(`Rotation of ${secretName}, attempt ${attempt}: ${error}`)),
  });
  const server = await startAwsJsonServer({
    targetPrefix: 'secretsmanager',
    operations: {
      ...valueOperations(store, clock),
      DescribeSecret: describeSecret(store),
      UpdateSecretVersionStage: updateSecretVersionStage(store, clock),
      RotateSecret: rotations.rotateSecret,
    },
    port: options.port ?? 0,
    guard: options.guard,
    access: options.authorizer && { authorizer: options.authorizer, list: listSecretAccesses(store) },
  });
  return {
    url: server.url,
    rotateDue: rotations.rotateDue,
    resume: rotations.resume,
    rotationsSettled: rotations.settled,
    close: () => {
      rotations.stop();
      return server.close();
    },
  };
};
