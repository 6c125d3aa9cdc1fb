import type { ClientCredentials } from '#shared/adobe/auth/stored-credentials.ts';
import type { IoManagementClient } from '#shared/adobe/console/io-management.ts';
import { type RetryOptions, retryTransient } from '#shared/adobe/http/retry.ts';
import type { Credential, RotationContext } from '../context.ts';
import { RotationError } from '../errors.ts';
import type { SecretVersion } from '../stores/secret-store.ts';

/** A version of `client-credentials` that holds everything a rotation needs. */
export interface RotatableVersion extends SecretVersion {
  credentials: ClientCredentials;
  credential: Credential;
}

/**
 * Reads what is needed from the current version, no matter who stored it.
 *
 * @throws {RotationError} `not_configured` for the placeholder, `credentials_incomplete` naming the missing fields
 */
export const readRotatable = async ({ ports }: RotationContext): Promise<RotatableVersion> => {
  const current = await ports.secrets.readCurrent();
  if (current.credentials === undefined) {
    throw new RotationError(
      'not_configured',
      'The Adobe credentials are not configured yet: there is nothing to rotate.',
    );
  }
  const { credentials } = current;
  return { ...current, credentials, credential: readCredential(credentials) };
};

const readCredential = ({ clientId, orgId, credentialId }: ClientCredentials): Credential => {
  if (orgId === undefined || credentialId === undefined) {
    const missing = Object.entries({ orgId, credentialId }).filter(([, value]) => value === undefined);
    throw new RotationError(
      'credentials_incomplete',
      `The secret client-credentials lacks ${missing.map(([field]) => field).join(' and ')}; ` +
        '"npm run credentials" takes them from the console URL.',
    );
  }
  return { orgId, credentialId, clientId };
};

/** Tries end early enough to leave time for clearing up after a failure, ms. */
const reserveMs = 30_000;

/**
 * Bounds for repeated calls: waiting does not lose the lease, and the run ends in time.
 *
 * @param patienceMs how long the calls are repeated
 */
export const buildRetryOptions = (
  { ports, policy, lease, deadline }: RotationContext,
  patienceMs = policy.retryMs,
): RetryOptions => ({
  clock: ports.clock,
  sleep: lease.sleep,
  deadline: Math.min(deadline - reserveMs, ports.clock.now() + patienceMs),
});

/**
 * Mints a management token (it is stored nowhere) and opens the client secrets at Adobe with it. Listing and deleting are
 * repeated while Adobe fails in passing; adding never is.
 *
 * @param retry bounds for the mint, too; while the secret is new, refusals may pass
 * @throws {ImsError} if IMS refuses the secret or the scopes
 * @throws {RotationError} `credentials_incomplete`; on listing `credential_mismatch`
 */
export const openManagement = async (
  context: RotationContext,
  credentials: ClientCredentials,
  retry: RetryOptions = buildRetryOptions(context),
): Promise<IoManagementClient> => {
  const { ports, policy } = context;
  const { clientId, clientSecret } = credentials;
  const credential = readCredential(credentials);
  const request = { clientId, clientSecret, scopes: policy.managementScopes };
  const { accessToken } = await retryTransient(() => ports.ims.mint(request), retry);
  const adobe = ports.openIoManagement(credential, accessToken);
  return {
    list: async () => {
      const list = await retryTransient(() => adobe.list(), retry);
      if (list.clientId === clientId) return list;
      throw new RotationError(
        'credential_mismatch',
        `Adobe's credential ${credential.credentialId} belongs to the client id ${list.clientId}, not to ${clientId}.`,
      );
    },
    add: () => adobe.add(),
    delete: (uuid) => retryTransient(() => adobe.delete(uuid), retry),
  };
};
