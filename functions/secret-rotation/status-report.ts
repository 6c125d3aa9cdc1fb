import type { SecretRotationStatus } from '#shared/aws/status-items.ts';
import { describeError } from '#shared/errors.ts';
import { metricNames } from '#shared/metrics.ts';
import type { RotationPolicy, RotationPorts } from './context.ts';
import { ForeignSecretError } from './errors.ts';
import type { SecretVersion } from './stores/secret-store.ts';

const toIso = (epochMs: number) => new Date(epochMs).toISOString();

/** What the stored secret says about itself; times are those of Secrets Manager. */
export const describeCurrent = async (
  { secrets }: RotationPorts,
  policy: RotationPolicy,
  current: SecretVersion,
): Promise<Partial<SecretRotationStatus>> => {
  const { nextRotationAt = current.createdAt + policy.rotationIntervalMs } = await secrets.describe();
  return {
    currentSecretCreatedAt: toIso(current.createdAt),
    currentSecretUuid: current.credentials?.secretUuid,
    nextRotationAt: toIso(nextRotationAt),
  };
};

/**
 * Writes to the status item when the next rotation is due, so that `/health` says so before any has run. What else is on
 * record stays.
 */
export const reportPlanned = async (ports: RotationPorts, policy: RotationPolicy): Promise<void> => {
  const { secrets, status, clock } = ports;
  const now = clock.now();
  const { nextRotationAt } = await secrets.describe();
  const before = await status.readSecretRotation();
  await status.writeSecretRotation({
    lastRotationFailed: false,
    ...before,
    // While a deployment makes the schedule, Secrets Manager need not say yet when the first rotation comes.
    nextRotationAt:
      nextRotationAt === undefined
        ? (before?.nextRotationAt ?? toIso(now + policy.rotationIntervalMs))
        : toIso(nextRotationAt),
    lastRunAt: toIso(now),
  });
};

/** Counts that the client secrets were looked at: an alarm notices a day without. */
export const reportChecked = ({ recordMetric }: RotationPorts): void =>
  recordMetric(metricNames.runsCompleted, 1, { run: 'rotation-check' });

/** Writes to the status item that a rotation has put a new client secret into service. */
export const reportRotated = async (ports: RotationPorts, policy: RotationPolicy): Promise<void> => {
  const current = await ports.secrets.readCurrent();
  const now = toIso(ports.clock.now());
  await ports.status.writeSecretRotation({
    ...(await describeCurrent(ports, policy, current)),
    lastRunAt: now,
    lastRotationAt: now,
    lastRotationFailed: false,
    previousSecretUuid: current.credentials?.replacedSecretUuid,
    previousRetiresAt: toIso(current.createdAt + policy.graceMs),
  });
};

/**
 * Reports to log, metric and status item why a rotation or the daily run failed for good.
 *
 * @param during a step, which fails the rotation with it, or `daily`
 */
export const reportFailure = async (ports: RotationPorts, during: string, error: unknown): Promise<void> => {
  const { status, log, clock, recordMetric } = ports;
  const { code, message } = describeError(error, 'The rotation failed.');
  log.error('The rotation of the client secret failed.', { during, code, reason: message });
  // Without credentials nothing has failed: the gateway is not set up yet.
  const isConfigured = code !== 'not_configured';
  if (isConfigured) recordMetric(metricNames.rotationFailed, 1);
  const before = await status.readSecretRotation();
  const failedBefore = before?.lastRotationFailed ?? false;
  await status.writeSecretRotation({
    ...before,
    lastRunAt: toIso(clock.now()),
    lastRotationFailed: during === 'daily' ? failedBefore : isConfigured,
    error: { code, message },
    foreignSecretUuids: error instanceof ForeignSecretError ? error.uuids : before?.foreignSecretUuids,
  });
};
