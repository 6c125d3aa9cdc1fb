import { metricNames } from '#shared/metrics.ts';
import type { RotationState } from '../context.ts';
import { describeSecret } from '../errors.ts';
import type { Run } from '../lease.ts';
import type { Management, RotatableVersion } from '../management.ts';
import { deleteSecret } from './delete.ts';
import type { SecretInventory } from './reconcile.ts';

/**
 * Deletes what failed rotations of ours left at Adobe: secrets that never came into service, and orphans, whose value
 * was lost with Adobe's answer.
 *
 * @returns the memory afterwards
 */
export const deleteLeftoverSecrets = async (
  run: Run,
  management: Management,
  current: RotatableVersion,
  inventory: SecretInventory,
): Promise<RotationState> => {
  const { ports, lease } = run;
  const { currentUuid, abandoned, orphans, memory } = inventory;
  for (const orphan of orphans) {
    ports.recordMetric(metricNames.orphanSecretFound, 1);
    ports.log.warn('Found the client secret of an interrupted rotation.', { secret: describeSecret(orphan) });
  }
  for (const { uuid } of [...abandoned, ...orphans]) {
    await deleteSecret(run, management, current, currentUuid, uuid);
  }
  if (orphans.length === 0 && memory.abandonedUuids.length === 0) return memory;
  const { intent } = memory;
  const isResolved = intent !== undefined && orphans.length > 0;
  const cleared: RotationState = {
    intent: isResolved ? { ...intent, closedAt: ports.clock.now() } : intent,
    abandonedUuids: [],
  };
  await lease.saveState(cleared);
  return cleared;
};
