import { ImsError } from '#shared/adobe/auth/ims-error.ts';
import { MalformedSecretError } from '#shared/adobe/auth/stored-credentials.ts';
import { IoManagementError } from '#shared/adobe/console/io-management-error.ts';
import type { SecretRotationStatus } from '#shared/aws/status-items.ts';
import { metricNames } from '#shared/metrics.ts';
import type { RotationPolicy, RotationPorts, SecretVersion } from './context.ts';
import { ForeignSecretError, RotationError } from './errors.ts';

const iso = (epochMs: number) => new Date(epochMs).toISOString();

/** What the stored secret says about itself; times are those of Secrets Manager. */
export const describeCurrent = async (
  { secrets }: RotationPorts,
  policy: RotationPolicy,
  current: SecretVersion,
): Promise<Partial<SecretRotationStatus>> => {
  const { nextRotationAt = current.createdAt + policy.rotationIntervalMs } = await secrets.describe();
  return {
    currentSecretCreatedAt: iso(current.createdAt),
    currentSecretUuid: current.credentials?.secretUuid,
    nextRotationAt: iso(nextRotationAt),
  };
};

/** Tells the status item that a rotation has put a new client secret into service. */
export const reportRotated = async (ports: RotationPorts, policy: RotationPolicy): Promise<void> => {
  const current = await ports.secrets.readCurrent();
  const now = iso(ports.clock.now());
  await ports.status.writeSecretRotation({
    ...(await describeCurrent(ports, policy, current)),
    lastRunAt: now,
    lastRotationAt: now,
    lastRotationFailed: false,
    previousSecretUuid: current.credentials?.replacedSecretUuid,
    previousRetiresAt: iso(current.createdAt + policy.graceMs),
  });
};

/**
 * Tells log, metric and status item why a rotation or the daily run failed for good.
 *
 * @param during a step, which fails the rotation with it, or `daily`
 */
export const reportFailure = async (ports: RotationPorts, during: string, error: unknown): Promise<void> => {
  const { status, log, clock, recordMetric } = ports;
  const { code, message } = describeError(error);
  log.error('The rotation of the client secret failed.', { during, code, reason: message });
  // Nothing has failed as long as nobody has given the gateway its credentials.
  const isConfigured = code !== 'not_configured';
  if (isConfigured) recordMetric(metricNames.rotationFailed, 1);
  const before = await status.readSecretRotation();
  const failedBefore = before?.lastRotationFailed ?? false;
  await status.writeSecretRotation({
    ...before,
    lastRunAt: iso(clock.now()),
    lastRotationFailed: during === 'daily' ? failedBefore : isConfigured,
    error: { code, message },
    foreignSecretUuids: error instanceof ForeignSecretError ? error.uuids : before?.foreignSecretUuids,
  });
};

const describeError = (error: unknown): { code: string; message: string } => {
  if (error instanceof RotationError || error instanceof ImsError || error instanceof IoManagementError) {
    return { code: error.code, message: error.message };
  }
  if (error instanceof MalformedSecretError) return { code: 'malformed_secret', message: error.message };
  return error instanceof Error
    ? { code: error.name, message: error.message }
    : { code: 'unknown', message: 'The rotation failed.' };
};
