import { maxClientSecrets } from '#shared/adobe/console/io-management.ts';
import { metricNames } from '#shared/metrics.ts';
import type { RotationState } from '../context.ts';
import { ForeignSecretError, PreviousSecretKeptError } from '../errors.ts';
import type { Run } from '../lease.ts';
import type { Management, RotatableVersion } from '../management.ts';
import { deleteLeftoverSecrets } from '../secrets/clear-own.ts';
import { reconcileSecrets, type SecretInventory } from '../secrets/reconcile.ts';
import { retire } from '../secrets/retire.ts';

/** The secrets that stay, after there is room for a new one. */
export interface Room {
  currentUuid: string;
  uuids: string[];
  /** Adobe's clock, epoch ms. */
  adobeDate: number;
  memory: RotationState;
}

/**
 * Sees to it that Adobe will take a new client secret: deletes what interrupted rotations left, then, if still two are
 * listed, the previous one by the rule of retirement. A secret of unknown origin may be in use elsewhere and stays.
 *
 * @throws {ForeignSecretError | PreviousSecretKeptError} if there is no room
 */
export const freeSecretSlot = async (run: Run, management: Management, current: RotatableVersion): Promise<Room> => {
  const inventory = await reconcileSecrets(run, management, current);
  const memory = await deleteLeftoverSecrets(run, management, current, inventory);
  const staying = inventory.list.secrets.length - inventory.abandoned.length - inventory.orphans.length;
  if (staying >= maxClientSecrets) await makeRoomAmongTheRest(run, management, current, inventory);

  const { secrets, date } = await management.list();
  return {
    currentUuid: inventory.currentUuid,
    uuids: secrets.map(({ uuid }) => uuid),
    adobeDate: date ?? run.ports.clock.now(),
    memory,
  };
};

const makeRoomAmongTheRest = async (
  run: Run,
  management: Management,
  current: RotatableVersion,
  inventory: SecretInventory,
): Promise<void> => {
  for (const previous of inventory.previous) {
    const retirement = await retire(run, management, current, inventory, previous);
    if (retirement === 'retired') return;
    throw new PreviousSecretKeptError(retirement, previous, inventory.previousRetiresAt);
  }
  run.ports.recordMetric(metricNames.foreignSecretFound, inventory.foreign.length);
  throw new ForeignSecretError(inventory.foreign);
};
