import { describeSecret } from '#shared/adobe/console/listed-secrets.ts';
import { metricNames } from '#shared/metrics.ts';
import { type RotationContext, type RotationOptions, withLease } from './context.ts';
import { RotationError } from './errors.ts';
import { deleteLeftoverSecrets, deletePreviousSecret, type Retirement } from './secrets/delete.ts';
import { reconcileSecrets } from './secrets/reconcile.ts';
import { describeCurrent, reportChecked, reportFailure, reportPlanned, reportRotated } from './status-report.ts';
import { abortRotation } from './steps/abort.ts';
import { finishPromoted } from './steps/finish.ts';

/** What a daily run did; the command for credentials reads it. */
export interface DailyReport {
  configured: boolean;
  /** Whether the rotation that a crash had left, or that had failed, was restarted. */
  rotatesAgain: boolean;
  previous?: Retirement;
  foreignSecretUuids: string[];
}

const dayMs = 86_400_000;

/**
 * The daily run: ends what a crash left, deletes orphans, retires the previous secret, names secrets of unknown origin,
 * and rotates again if the last rotation did not succeed.
 *
 * @throws {RotationBusyError} if another run works on the client secrets
 */
export const runDaily = async (options: RotationOptions): Promise<DailyReport> => {
  const { secrets } = options.ports;
  if ((await secrets.readCurrent()).credentials === undefined) {
    await reportPlanned(options.ports, options.policy);
    reportChecked(options.ports);
    return { configured: false, rotatesAgain: false, foreignSecretUuids: [] };
  }
  const report = await withLease(options, async (context) => {
    try {
      return await tidyUp(context);
    } catch (error) {
      await reportFailure(context.ports, 'daily', error);
      throw error;
    }
  });
  if (report.rotatesAgain) await secrets.rotate();
  reportChecked(options.ports);
  return report;
};

const tidyUp = async (context: RotationContext): Promise<DailyReport> => {
  const { ports, policy } = context;
  const { status, clock, log, recordMetric } = ports;
  await endInterrupted(context);
  const reconciled = await deleteLeftoverSecrets(await reconcileSecrets(context));
  const { current, secrets } = reconciled;
  const { foreign } = secrets;

  const [previous] = secrets.previous;
  const { retirement } = previous ? await deletePreviousSecret(reconciled, previous) : {};
  for (const secret of foreign) {
    log.warn('Adobe lists a client secret that the gateway did not make.', { secret: describeSecret(secret) });
  }
  recordMetric(metricNames.foreignSecretFound, foreign.length);
  recordMetric(metricNames.rotationAgeDays, (clock.now() - current.createdAt) / dayMs);

  const before = await status.readSecretRotation();
  const lastRotationFailed = before?.lastRotationFailed ?? false;
  const foreignSecretUuids = foreign.map(({ uuid }) => uuid);
  const remaining = retirement === 'retired' ? undefined : previous;
  await status.writeSecretRotation({
    ...(await describeCurrent(ports, policy, current)),
    currentSecretUuid: secrets.currentUuid,
    lastRunAt: new Date(clock.now()).toISOString(),
    lastRotationAt: before?.lastRotationAt,
    lastRotationFailed,
    error: lastRotationFailed ? before?.error : undefined,
    foreignSecretUuids: foreign.length === 0 ? undefined : foreignSecretUuids,
    previousSecretUuid: remaining?.uuid,
    previousRetiresAt: remaining && new Date(secrets.previousRetiresAt).toISOString(),
  });
  // During the grace there is no room for a new secret; the first daily run after it rotates.
  const rotatesAgain = lastRotationFailed && retirement !== 'in_grace';
  return { configured: true, rotatesAgain, previous: retirement, foreignSecretUuids };
};

const endInterrupted = async (context: RotationContext): Promise<void> => {
  const { ports, policy } = context;
  const { stages } = await ports.secrets.describe();
  const [versionId, labels] = Object.entries(stages).find(([, names]) => names.includes('AWSPENDING')) ?? [];
  if (versionId === undefined || labels === undefined) return;
  if (labels.includes('AWSCURRENT')) {
    await finishPromoted(context, versionId);
    await reportRotated(ports, policy);
  } else {
    // On record before the label goes, or a crash in between would leave nothing that asks for another rotation.
    await reportFailure(
      ports,
      'rotation',
      new RotationError('interrupted', `The rotation ${versionId} was interrupted.`),
    );
    await abortRotation(context, versionId);
  }
};
