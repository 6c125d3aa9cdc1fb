import { MalformedSecretError } from '#shared/adobe/auth/stored-credentials.ts';
import type { RotationContext } from '../context.ts';
import { deleteLeftoverSecrets } from '../secrets/delete.ts';
import { reconcileSecrets } from '../secrets/reconcile.ts';
import { closeIntent } from '../stores/state-store.ts';

/**
 * Ends a rotation that cannot succeed, so that a new one can begin: Secrets Manager refuses to rotate while AWSPENDING is
 * left on a version. A secret that was made for it is noted first, then the label goes, then the secret at Adobe; if
 * Adobe does not delete it now, the next run does. A version that has become the current one is left alone.
 */
export const abortRotation = async (context: RotationContext, rotationToken: string): Promise<void> => {
  const { secrets, state, clock, log } = context.ports;
  const stages = (await secrets.describe()).stages[rotationToken] ?? [];
  if (stages.includes('AWSCURRENT') || !stages.includes('AWSPENDING')) return;

  const uuid = await readPendingUuid(context, rotationToken);
  if (uuid !== undefined) {
    const { intent, abandonedUuids } = await state.readState();
    await context.lease.saveState({
      intent: intent?.rotationToken === rotationToken ? closeIntent(intent, clock.now()) : intent,
      abandonedUuids: [...new Set([...abandonedUuids, uuid])],
    });
  }
  await secrets.removePending(rotationToken);
  log.warn('Ended a rotation that could not succeed.', { rotationToken, secretUuid: uuid });
  if (uuid !== undefined) await deleteAbandoned(context, uuid);
};

const readPendingUuid = async ({ ports }: RotationContext, rotationToken: string): Promise<string | undefined> => {
  try {
    return (await ports.secrets.readPending(rotationToken))?.credentials?.secretUuid;
  } catch (error) {
    // The label has to go all the same.
    if (error instanceof MalformedSecretError) return undefined;
    throw error;
  }
};

const deleteAbandoned = async (context: RotationContext, uuid: string): Promise<void> => {
  try {
    await deleteLeftoverSecrets(await reconcileSecrets(context));
  } catch (error) {
    context.ports.log.warn('The client secret of the ended rotation is still at Adobe; the next run deletes it.', {
      secretUuid: uuid,
      reason: error instanceof Error ? error.message : String(error),
    });
  }
};
