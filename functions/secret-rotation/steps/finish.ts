import type { RotationContext } from '../context.ts';
import { RotationError } from '../errors.ts';
import { verifySecret } from './test.ts';

const isCurrent = async ({ ports }: RotationContext, versionId: string): Promise<boolean> =>
  (await ports.secrets.describe()).stages[versionId]?.includes('AWSCURRENT') ?? false;

/**
 * Last step of a rotation: makes the pending version the current one, then has the access token minted from it, so that
 * running work moves to the new secret. AWSPENDING goes last: as long as it is there, the step can be finished later.
 *
 * @throws {RotationError} `pending_secret_missing` if the pending version has no value
 */
export const finishSecret = async (context: RotationContext, rotationToken: string): Promise<void> => {
  const { secrets, log } = context.ports;
  if (!(await isCurrent(context, rotationToken))) {
    const pending = await secrets.readPending(rotationToken);
    if (pending?.credentials === undefined) {
      throw new RotationError('pending_secret_missing', `The pending version ${rotationToken} has no value.`);
    }
    // Whether or not testSecret was called: a secret that has died since must not become the current one.
    await verifySecret(context, pending.credentials);
    const { versionId } = await secrets.readCurrent();
    await context.lease.extend();
    await promote(context, rotationToken, versionId);
    log.info('The new client secret is the current one.', { secretUuid: pending.credentials.secretUuid });
  }
  await finishPromoted(context, rotationToken);
};

/** Does what remains once the pending version has become the current one. */
export const finishPromoted = async ({ ports }: RotationContext, versionId: string): Promise<void> => {
  const { secrets } = ports;
  await ports.refreshToken();
  const { stages } = await secrets.describe();
  if (stages[versionId]?.includes('AWSPENDING')) await secrets.removePending(versionId);
};

const promote = async (context: RotationContext, rotationToken: string, currentVersionId: string): Promise<void> => {
  try {
    await context.ports.secrets.promote(rotationToken, currentVersionId);
  } catch (error) {
    // The answer may have been lost after Secrets Manager did it.
    if (!(await isCurrent(context, rotationToken))) throw error;
  }
};
