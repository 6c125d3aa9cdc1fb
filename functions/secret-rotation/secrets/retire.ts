import type { ListedSecret } from '#shared/adobe/console/io-management.ts';
import { metricNames } from '#shared/metrics.ts';
import { describeSecret } from '../errors.ts';
import type { Run } from '../lease.ts';
import type { Management, RotatableVersion } from '../management.ts';
import { deleteSecret } from './delete.ts';
import type { SecretInventory } from './reconcile.ts';

/** What became of a previous secret. */
export type Retirement = 'retired' | 'in_grace' | 'in_use';

/**
 * Deletes a previous secret once its grace is over and it has not been used for a while; if it is still used after the
 * grace, raises the alarm and leaves it.
 *
 * @param inventory names the current secret and the end of the grace
 */
export const retire = async (
  run: Run,
  management: Management,
  current: RotatableVersion,
  inventory: Pick<SecretInventory, 'currentUuid' | 'previousRetiresAt'>,
  previous: ListedSecret,
): Promise<Retirement> => {
  const { ports, policy } = run;
  const now = ports.clock.now();
  if (now < inventory.previousRetiresAt) return 'in_grace';
  if (previous.lastUsedAt !== undefined && now - previous.lastUsedAt < policy.unusedMs) {
    ports.recordMetric(metricNames.previousSecretStillInUse, 1);
    ports.log.error('The previous client secret is still in use after its grace; it is not deleted.', {
      secret: describeSecret(previous),
    });
    return 'in_use';
  }
  await deleteSecret(run, management, current, inventory.currentUuid, previous.uuid);
  return 'retired';
};
