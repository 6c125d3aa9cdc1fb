import { ImsError } from '#shared/adobe/auth/ims-error.ts';
import type { ClientCredentials } from '#shared/adobe/auth/stored-credentials.ts';
import { IoManagementError } from '#shared/adobe/console/io-management-error.ts';
import type { AdobeError } from '#shared/adobe/http/errors.ts';
import { type RetryOptions, retryTransient } from '#shared/adobe/http/retry-transient.ts';
import { RotationError } from '../errors.ts';
import type { Run } from '../lease.ts';
import { openManagement, retryOptions } from '../management.ts';

class FireflyRefusedError extends RotationError {
  override readonly name = 'FireflyRefusedError';
  constructor({ code, message }: AdobeError) {
    super('firefly_refused', `Firefly does not accept a token minted with the new client secret (${code}): ${message}`);
  }
}

/** Bounds for tries with a new secret: what Adobe refuses now it may accept once it has propagated the secret. */
export const whilePropagating = (run: Run): RetryOptions => ({
  ...retryOptions(run, run.policy.propagationMs),
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
export const verifySecret = async (run: Run, credentials: ClientCredentials): Promise<void> => {
  const { ports, policy } = run;
  const { clientId, clientSecret, secretUuid } = credentials;
  const retry = whilePropagating(run);
  const management = await openManagement(run, credentials, retry);
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
