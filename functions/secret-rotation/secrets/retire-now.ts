import type { RotationPolicy, RotationPorts } from '../context.ts';
import { describeSecret, RotationError } from '../errors.ts';
import { withLease } from '../lease.ts';
import { openManagement, readRotatable } from '../management.ts';
import { deleteSecret } from './delete.ts';
import { reconcileSecrets } from './reconcile.ts';

/**
 * Deletes the previous client secret at Adobe at once, whether or not its grace is over and it is still used: for a
 * secret that was compromised.
 *
 * @param confirm uuid of the secret to delete, so that no other one can be hit by mistake
 * @returns whether it was still there
 * @throws {RotationError} `not_confirmed` if the uuid is not that of the previous secret
 */
export const retireNow = async (
  options: { ports: RotationPorts; policy: RotationPolicy; deadline: number },
  confirm: string | undefined,
): Promise<{ retired: boolean }> =>
  withLease(options, async (run) => {
    const { status, clock, log } = run.ports;
    const current = await readRotatable(run);
    const management = await openManagement(run, current.credentials);
    const inventory = await reconcileSecrets(run, management, current);
    const [previous] = inventory.previous;
    if (previous === undefined) return { retired: false };
    if (previous.uuid !== confirm) {
      throw new RotationError(
        'not_confirmed',
        `This would delete the previous client secret ${describeSecret(previous)} for good; its uuid confirms that.`,
      );
    }
    await deleteSecret(run, management, current, inventory.currentUuid, previous.uuid);
    log.warn('Deleted the previous client secret before its time, on request.', { secretUuid: previous.uuid });
    const before = await status.readSecretRotation();
    await status.writeSecretRotation({
      lastRotationFailed: false,
      ...before,
      lastRunAt: new Date(clock.now()).toISOString(),
      previousSecretUuid: undefined,
      previousRetiresAt: undefined,
    });
    return { retired: true };
  });
