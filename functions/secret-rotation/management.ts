import type { ClientCredentials } from '#shared/adobe/auth/stored-credentials.ts';
import type { IoManagementClient } from '#shared/adobe/console/io-management.ts';
import { type RetryOptions, retryTransient } from '#shared/adobe/http/retry-transient.ts';
import type { Credential, SecretVersion } from './context.ts';
import { RotationError } from './errors.ts';
import type { Run } from './lease.ts';

/** The client secrets at Adobe. Listing and deleting are repeated while Adobe fails in passing, adding never is. */
export interface Management extends IoManagementClient {
  credential: Credential;
}

/** A version of `client-credentials` that holds everything a rotation needs. */
export interface RotatableVersion extends SecretVersion {
  credentials: ClientCredentials;
  credential: Credential;
}

/**
 * Reads what is needed from the current version, whoever put it there.
 *
 * @throws {RotationError} `not_configured` for the placeholder, `credentials_incomplete` naming the missing fields
 */
export const readRotatable = async ({ ports }: Run): Promise<RotatableVersion> => {
  const current = await ports.secrets.readCurrent();
  if (current.credentials === undefined) {
    throw new RotationError(
      'not_configured',
      'The Adobe credentials are not configured yet: there is nothing to rotate.',
    );
  }
  const { credentials } = current;
  return { ...current, credentials, credential: credentialOf(credentials) };
};

/** @throws {RotationError} `credentials_incomplete` naming the missing fields */
export const credentialOf = ({ clientId, orgId, credentialId }: ClientCredentials): Credential => {
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
export const retryOptions = ({ ports, policy, lease, deadline }: Run, patienceMs = policy.retryMs): RetryOptions => ({
  clock: ports.clock,
  sleep: lease.sleep,
  deadline: Math.min(deadline - reserveMs, ports.clock.now() + patienceMs),
});

/**
 * Mints a management token (it is stored nowhere) and opens the client secrets with it.
 *
 * @param retry bounds for the mint; while the secret is new, refusals may pass
 * @throws {ImsError} if IMS refuses the secret or the scopes
 */
export const openManagement = async (
  run: Run,
  credentials: ClientCredentials,
  retry: RetryOptions = retryOptions(run),
): Promise<Management> => {
  const { ports, policy } = run;
  const { clientId, clientSecret } = credentials;
  const credential = credentialOf(credentials);
  const request = { clientId, clientSecret, scopes: policy.managementScopes };
  const { accessToken } = await retryTransient(() => ports.ims.mint(request), retry);
  const adobe = ports.openIoManagement(credential, accessToken);
  return {
    credential,
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
