import { ImsError } from '#shared/adobe/auth/ims-error.ts';
import type { ClientCredentials } from '#shared/adobe/auth/stored-credentials.ts';
import { IoManagementError } from '#shared/adobe/console/io-management-error.ts';
import { type RetryOptions, retryTransient } from '#shared/adobe/http/retry.ts';
import type { RotationContext, RotationPorts } from '../context.ts';
import { FireflyRefusedError, RotationError } from '../errors.ts';
import { buildRetryOptions, openManagement } from '../secrets/management.ts';

/** Whether there is anything to test: a deployment calls testSecret for a version without a value, even on the placeholder. */
export const hasPendingValue = async ({ secrets }: RotationPorts, rotationToken: string): Promise<boolean> =>
  (await secrets.readPending(rotationToken))?.credentials !== undefined;

/**
 * Third step of a rotation: makes sure that the pending client secret works. Without a pending value it does nothing.
 *
 * @throws {ImsError | IoManagementError | RotationError} as {@link verifySecret}
 */
export const testSecret = async (context: RotationContext, rotationToken: string): Promise<void> => {
  const pending = await context.ports.secrets.readPending(rotationToken);
  if (pending?.credentials !== undefined) await verifySecret(context, pending.credentials);
};

/** Bounds for tries with a new secret: what Adobe refuses now it may accept once it has propagated the secret. */
export const whilePropagating = (context: RotationContext): RetryOptions => ({
  ...buildRetryOptions(context, context.policy.propagationMs),
  alsoRetry: (error) =>
    (error instanceof ImsError && error.kind === 'invalid_client') ||
    (error instanceof IoManagementError && error.kind === 'unauthorized') ||
    error instanceof FireflyRefusedError,
});

/**
 * Proves that a client secret can take over: a management token and a generation token are minted with it, the
 * management token lists the secret, and Firefly answers a call made with the generation token.
 *
 * @throws {ImsError | IoManagementError | RotationError} what Adobe still refuses when it has had time to propagate it
 */
export const verifySecret = async (context: RotationContext, credentials: ClientCredentials): Promise<void> => {
  const { ports, policy } = context;
  const { clientId, clientSecret, secretUuid } = credentials;
  const retry = whilePropagating(context);
  const management = await openManagement(context, credentials, retry);
  const { secrets } = await management.list();
  if (!secrets.some(({ uuid }) => uuid === secretUuid)) {
    throw new RotationError('pending_secret_dead', `Adobe does not list the pending client secret ${secretUuid}.`);
  }
  const request = { clientId, clientSecret, scopes: policy.generationScopes };
  const token = await retryTransient(() => ports.ims.mint(request), retry);
  await retryTransient(async () => {
    const access = await ports.checkFirefly({ ...token, clientId });
    if (access.kind !== 'accepted') throw new FireflyRefusedError(access.error);
  }, retry);
};
