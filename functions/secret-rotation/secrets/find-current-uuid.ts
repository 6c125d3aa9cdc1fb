import { findOwnSecret } from '#shared/adobe/console/listed-secrets.ts';
import { retryTransient } from '#shared/adobe/http/retry-transient.ts';
import { describeSecret, RotationError } from '../errors.ts';
import type { Run } from '../lease.ts';
import { type Management, type RotatableVersion, retryOptions } from '../management.ts';

/**
 * The uuid of the current client secret at Adobe: the stored one, or, if none is stored or Adobe does not list it, the
 * one that is found to be in use when a token is minted.
 *
 * @throws {RotationError} `current_secret_unknown` if that is not exactly one: the operator has to name it
 */
export const findCurrentUuid = async (run: Run, management: Management, current: RotatableVersion): Promise<string> => {
  const { ports, policy } = run;
  const { clientId, clientSecret, secretUuid } = current.credentials;
  const { secrets } = await management.list();
  if (secretUuid !== undefined && secrets.some(({ uuid }) => uuid === secretUuid)) return secretUuid;

  const request = { clientId, clientSecret, scopes: policy.generationScopes };
  const own = await findOwnSecret({
    list: management.list,
    use: () => retryTransient(() => ports.ims.mint(request), retryOptions(run)),
    clock: ports.clock,
    sleep: run.lease.sleep,
    patienceMs: policy.propagationMs,
  });
  if (own.kind === 'found') return own.secret.uuid;
  throw new RotationError(
    'current_secret_unknown',
    `Adobe does not tell which client secret is the current one; listed are ${own.listed.map(describeSecret).join(', ')}. ` +
      'Name it as secretUuid in the secret client-credentials.',
  );
};
