import { MalformedSecretError } from '#shared/adobe/auth/stored-credentials.ts';
import type { Run } from '../lease.ts';
import { openManagement, readRotatable } from '../management.ts';
import { deleteSecret } from '../secrets/delete.ts';
import { findCurrentUuid } from '../secrets/find-current-uuid.ts';

/**
 * Ends a rotation that cannot succeed, so that a new one can begin: Secrets Manager refuses to rotate while AWSPENDING is
 * left on a version. A secret that was made for it is noted first, then the label goes, then the secret at Adobe; if
 * Adobe does not delete it now, the next run does.
 *
 * @returns false if the version has become the current one: then there is nothing to abandon
 */
export const abortRotation = async (run: Run, rotationToken: string): Promise<boolean> => {
  const { secrets, intents, log } = run.ports;
  const stages = (await secrets.describe()).stages[rotationToken] ?? [];
  if (stages.includes('AWSCURRENT')) return false;
  if (!stages.includes('AWSPENDING')) return true;

  const uuid = await readPendingUuid(run, rotationToken);
  if (uuid !== undefined) {
    const { intent, abandonedUuids } = await intents.readMemory();
    const isIts = intent?.rotationToken === rotationToken;
    await run.lease.saveState({
      intent: isIts ? { ...intent, closedAt: intent.closedAt ?? run.ports.clock.now() } : intent,
      abandonedUuids: [...new Set([...abandonedUuids, uuid])],
    });
  }
  await secrets.removePending(rotationToken);
  log.warn('Ended a rotation that could not succeed.', { rotationToken, secretUuid: uuid });
  if (uuid !== undefined) await deleteAbandoned(run, uuid);
  return true;
};

const readPendingUuid = async (run: Run, rotationToken: string): Promise<string | undefined> => {
  try {
    return (await run.ports.secrets.readPending(rotationToken))?.credentials?.secretUuid;
  } catch (error) {
    // The label has to go all the same.
    if (error instanceof MalformedSecretError) return undefined;
    throw error;
  }
};

const deleteAbandoned = async (run: Run, uuid: string): Promise<void> => {
  const { intents, log } = run.ports;
  try {
    const current = await readRotatable(run);
    const management = await openManagement(run, current.credentials);
    const currentUuid = await findCurrentUuid(run, management, current);
    await deleteSecret(run, management, current, currentUuid, uuid);
    const memory = await intents.readMemory();
    const abandonedUuids = memory.abandonedUuids.filter((other) => other !== uuid);
    await run.lease.saveState({ ...memory, abandonedUuids });
  } catch (error) {
    log.warn('The client secret of the ended rotation is still at Adobe; the next run deletes it.', {
      secretUuid: uuid,
      reason: error instanceof Error ? error.message : String(error),
    });
  }
};
