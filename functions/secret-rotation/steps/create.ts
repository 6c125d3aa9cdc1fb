import type { ClientCredentials } from '#shared/adobe/auth/stored-credentials.ts';
import type { AddedSecret } from '#shared/adobe/console/io-management.ts';
import { IoManagementError } from '#shared/adobe/console/io-management-error.ts';
import type { Intent, RotationState } from '../context.ts';
import type { Run } from '../lease.ts';
import { type Management, openManagement, type RotatableVersion, readRotatable } from '../management.ts';
import { deleteLeftoverSecrets } from '../secrets/clear-own.ts';
import { deleteSecret } from '../secrets/delete.ts';
import { reconcileSecrets } from '../secrets/reconcile.ts';
import { verifyPendingSecret } from './confirm-pending.ts';
import { freeSecretSlot, type Room } from './make-room.ts';

/**
 * First step of a rotation: has Adobe make a new client secret and stores it as the pending version. As Adobe tells its
 * value once and cannot be asked twice for the same, the intent is on record before the call, and the value is stored
 * before anything else is done with it.
 *
 * @param rotationToken ClientRequestToken of the rotation, which is also the id of the pending version
 */
export const createSecret = async (run: Run, rotationToken: string): Promise<void> => {
  const pending = await run.ports.secrets.readPending(rotationToken);
  if (pending?.credentials !== undefined) return verifyPendingSecret(run, pending.credentials);

  const current = await readRotatable(run);
  const management = await openManagement(run, current.credentials);
  const room = await freeSecretSlot(run, management, current);
  const intent: Intent = {
    rotationToken,
    credentialId: current.credential.credentialId,
    uuidsBefore: room.uuids,
    adobeDate: room.adobeDate,
  };
  await run.lease.saveState({ ...room.memory, intent });
  const added = await add(run, management, current, intent);
  const credentials: ClientCredentials = {
    ...current.credentials,
    clientSecret: added.clientSecret,
    secretUuid: added.uuid,
    replacedSecretUuid: room.currentUuid,
  };
  await store(run, management, { current, room, intent, added, credentials });
};

const add = async (
  run: Run,
  management: Management,
  current: RotatableVersion,
  intent: Intent,
): Promise<AddedSecret> => {
  await run.lease.extend();
  try {
    return await management.add();
  } catch (error) {
    if (error instanceof IoManagementError && error.outcomeUnknown) {
      await lookForOrphan(run, management, current);
    } else {
      await close(run, intent, (await run.ports.intents.readMemory()).abandonedUuids);
    }
    throw error;
  }
};

// If no orphan shows yet, or Adobe cannot tell now, the intent stays open for the next run to look again.
const lookForOrphan = async (run: Run, management: Management, current: RotatableVersion): Promise<void> => {
  try {
    await deleteLeftoverSecrets(run, management, current, await reconcileSecrets(run, management, current));
  } catch (error) {
    run.ports.log.warn('Could not find out whether Adobe has made a client secret; the next run looks again.', {
      reason: error instanceof Error ? error.message : String(error),
    });
  }
};

const store = async (
  run: Run,
  management: Management,
  made: {
    current: RotatableVersion;
    room: Room;
    intent: Intent;
    added: AddedSecret;
    credentials: ClientCredentials;
  },
): Promise<void> => {
  const { current, room, intent, added, credentials } = made;
  const { secrets, log } = run.ports;
  try {
    await secrets.putPending(intent.rotationToken, credentials);
  } catch (error) {
    const stored = await secrets.readPending(intent.rotationToken);
    if (stored?.credentials?.secretUuid !== added.uuid) {
      log.error('The new client secret could not be stored; it is deleted at Adobe again.', { secretUuid: added.uuid });
      await close(run, intent, [...room.memory.abandonedUuids, added.uuid]);
      await deleteSecret(run, management, current, room.currentUuid, added.uuid);
      throw error;
    }
  }
  await close(run, intent, room.memory.abandonedUuids);
  log.info('Stored a new client secret as the pending version.', { secretUuid: added.uuid });
};

const close = async (run: Run, intent: Intent, abandonedUuids: RotationState['abandonedUuids']): Promise<void> => {
  await run.lease.saveState({ intent: { ...intent, closedAt: run.ports.clock.now() }, abandonedUuids });
};
