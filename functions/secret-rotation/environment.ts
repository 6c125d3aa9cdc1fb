import type { secretRotationEnvironment } from '#shared/deployment/support-environments.ts';
import type { RotationPolicy } from './context.ts';

const hourMs = 3_600_000;

/** What the deployment and this function itself set of rotations. */
export const buildPolicy = (environment: ReturnType<typeof secretRotationEnvironment.read>): RotationPolicy => ({
  generationScopes: environment.generationScopes.join(','),
  managementScopes: environment.managementScopes.join(','),
  graceMs: environment.secretGraceHours * hourMs,
  unusedMs: environment.secretUnusedHours * hourMs,
  propagationMs: environment.propagationSeconds * 1000,
  rotationIntervalMs: environment.rotationDays * 24 * hourMs,
  retryMs: 60_000,
  addTimeoutMs: 20_000,
  leaseMs: 60_000,
  handoverMs: 30_000,
});
