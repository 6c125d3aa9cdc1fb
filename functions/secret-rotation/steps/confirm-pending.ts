import { ImsError } from '#shared/adobe/auth/ims-error.ts';
import type { ClientCredentials } from '#shared/adobe/auth/stored-credentials.ts';
import { RotationError } from '../errors.ts';
import type { Run } from '../lease.ts';
import { openManagement } from '../management.ts';
import { whilePropagating } from './prove-secret.ts';

/**
 * Called again with a pending value in place, createSecret has nothing to do as long as Adobe still lists the secret and
 * IMS accepts it.
 *
 * @throws {RotationError} `pending_secret_dead` if not: Secrets Manager refuses a second value for the same version, so
 *   this rotation cannot be saved
 */
export const verifyPendingSecret = async (run: Run, pending: ClientCredentials): Promise<void> => {
  const dead = (why: string) =>
    new RotationError('pending_secret_dead', `The pending client secret ${pending.secretUuid} is of no use: ${why}.`);
  try {
    const management = await openManagement(run, pending, whilePropagating(run));
    const { secrets } = await management.list();
    if (!secrets.some(({ uuid }) => uuid === pending.secretUuid)) throw dead('Adobe does not list it any more');
  } catch (error) {
    if (error instanceof ImsError && error.kind === 'invalid_client') throw dead('IMS does not accept it');
    throw error;
  }
  const { intent, abandonedUuids } = await run.ports.intents.readMemory();
  const others = abandonedUuids.filter((uuid) => uuid !== pending.secretUuid);
  const isOpen = intent !== undefined && intent.closedAt === undefined;
  if (!isOpen && others.length === abandonedUuids.length) return;
  await run.lease.saveState({
    intent: isOpen ? { ...intent, closedAt: run.ports.clock.now() } : intent,
    abandonedUuids: others,
  });
};
