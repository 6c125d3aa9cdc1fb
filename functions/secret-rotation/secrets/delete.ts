import type { ListedSecret } from '#shared/adobe/console/io-management.ts';
import { describeSecret } from '#shared/adobe/console/listed-secrets.ts';
import { metricNames } from '#shared/metrics.ts';
import { type RotationOptions, withLease } from '../context.ts';
import { RotationError } from '../errors.ts';
import { closeIntent, type RotationState } from '../stores/state-store.ts';
import { type ReconciledContext, reconcileSecrets } from './reconcile.ts';

/**
 * Deletes a client secret at Adobe for good; the only place that does. Just before, it makes sure that the secret is
 * neither the current one nor the only one, that Adobe lists the current one, and that the stored current version is still
 * the one that the list was compared with.
 *
 * @returns the context with what Adobe lists now
 * @throws {RotationError} `deletion_refused` if one of these is not so
 */
export const deleteSecret = async (context: ReconciledContext, uuid: string): Promise<ReconciledContext> => {
  const { ports, lease, management, current, secrets } = context;
  const refuse = (why: string) => new RotationError('deletion_refused', `The client secret ${uuid} stays: ${why}.`);
  if (uuid === secrets.currentUuid) throw refuse('it is the current one');
  const stored = await ports.secrets.readCurrent();
  if (stored.versionId !== current.versionId) throw refuse('another version has just become the current one');
  const list = await management.list();
  const listedAt = ports.clock.now();
  const isListed = (wanted: string) => list.secrets.some((secret) => secret.uuid === wanted);
  if (!isListed(secrets.currentUuid)) throw refuse('Adobe does not list the current one');
  if (isListed(uuid)) {
    await lease.extend();
    await management.delete(uuid);
    ports.log.info('Deleted a client secret at Adobe.', { secretUuid: uuid });
  }
  const left = list.secrets.filter((secret) => secret.uuid !== uuid);
  return { ...context, secrets: { ...secrets, list: { ...list, secrets: left }, listedAt } };
};

/**
 * Deletes what failed rotations of ours left at Adobe: secrets that never came into service, and orphans, whose value was
 * lost with Adobe's answer.
 *
 * @returns the context with what Adobe lists and the function remembers now
 * @throws {RotationError} `deletion_refused`
 */
export const deleteLeftoverSecrets = async (context: ReconciledContext): Promise<ReconciledContext> => {
  const { ports, lease, secrets } = context;
  const { abandoned, orphans, state } = secrets;
  for (const orphan of orphans) {
    ports.recordMetric(metricNames.orphanSecretFound, 1);
    ports.log.warn('Found the client secret of an interrupted rotation.', { secret: describeSecret(orphan) });
  }
  let remaining = context;
  for (const { uuid } of [...abandoned, ...orphans]) remaining = await deleteSecret(remaining, uuid);
  if (orphans.length === 0 && state.abandonedUuids.length === 0) return remaining;

  const intent = orphans.length > 0 ? closeIntent(state.intent, ports.clock.now()) : state.intent;
  const cleared: RotationState = { intent, abandonedUuids: [] };
  await lease.saveState(cleared);
  return { ...remaining, secrets: { ...remaining.secrets, abandoned: [], orphans: [], state: cleared } };
};

/** What became of a previous secret. */
export type Retirement = 'retired' | 'in_grace' | 'in_use';

/**
 * Deletes a previous secret once its grace is over and it has not been used for a while; if it is still used after the
 * grace, raises the alarm and leaves it.
 *
 * @returns besides, the context with what Adobe lists now
 * @throws {RotationError} `deletion_refused`
 */
export const deletePreviousSecret = async (
  context: ReconciledContext,
  previous: ListedSecret,
): Promise<{ retirement: Retirement; remaining: ReconciledContext }> => {
  const { ports, policy, secrets } = context;
  const now = ports.clock.now();
  if (now < secrets.previousRetiresAt) return { retirement: 'in_grace', remaining: context };
  if (previous.lastUsedAt !== undefined && now - previous.lastUsedAt < policy.unusedMs) {
    ports.recordMetric(metricNames.previousSecretStillInUse, 1);
    ports.log.error('The previous client secret is still in use after its grace; it is not deleted.', {
      secret: describeSecret(previous),
    });
    return { retirement: 'in_use', remaining: context };
  }
  return { retirement: 'retired', remaining: await deleteSecret(context, previous.uuid) };
};

/**
 * Deletes the previous client secret at Adobe at once, whether or not its grace is over and it is still used: for a
 * secret that was compromised.
 *
 * @param confirm uuid of the secret to delete, so that no other one can be hit by mistake
 * @returns whether it was still there
 * @throws {RotationError} `not_confirmed` if the uuid is not that of the previous secret
 */
export const deletePreviousSecretNow = async (
  options: RotationOptions,
  confirm: string | undefined,
): Promise<{ retired: boolean }> =>
  withLease(options, async (context) => {
    const { status, clock, log } = context.ports;
    const reconciled = await reconcileSecrets(context);
    const [previous] = reconciled.secrets.previous;
    if (previous === undefined) return { retired: false };
    if (previous.uuid !== confirm) {
      throw new RotationError(
        'not_confirmed',
        `This would delete the previous client secret ${describeSecret(previous)} for good; its uuid confirms that.`,
      );
    }
    await deleteSecret(reconciled, previous.uuid);
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
