import * as z from 'zod';
import { NotConfiguredError } from '#shared/adobe/auth/access-token.ts';
import type { SecretRotationStatus } from '#shared/aws/status-items.ts';
import { findLane, fireflyLane } from '#shared/jobs/lanes/lane.ts';
import { isPaused, type Pauses } from '#shared/jobs/lanes/pauses.ts';
import { countLimit, queueDepth } from '#shared/jobs/lanes/queue.ts';
import { readLane } from '#shared/jobs/lanes/snapshot.ts';
import type { Gateway } from './context.ts';
import { jsonResponse } from './http/response.ts';
import type { Route } from './http/router.ts';

type TokenState = { state: 'ok' | 'expired' | 'not_configured' | 'unreadable'; secondsLeft: number };

/** What an operator wants to know at a glance; times, counts and outcomes, never the value of a secret. */
export const health = (gateway: Gateway): Route => ({
  method: 'GET',
  path: '/health',
  describe: {
    tag: 'Operation',
    summary: 'State of the gateway at a glance',
    answers: {
      200: {
        description: 'Token, queue, permits, pause, rotation',
        content: { 'application/json': z.looseObject({ status: z.enum(['ok', 'degraded', 'not_configured']) }) },
      },
    },
  },
  handle: async () => {
    const { table, lanes, statusItems, version } = gateway;
    const firefly = findLane(lanes, fireflyLane);
    const now = table.clock.now();
    const [token, depth, quota, tokenRefresh, rotation] = await Promise.all([
      tokenState(gateway, now),
      queueDepth(firefly),
      readLane(firefly),
      statusItems.readTokenRefresh(),
      statusItems.readSecretRotation(),
    ]);
    const permits = quota.windows.flatMap((each) => each.permits);
    const paused = pauseOf(quota, now);
    const degraded =
      token.state !== 'ok' || paused !== undefined || tokenRefresh?.state === 'failing' || rotation?.lastRotationFailed;
    return jsonResponse(200, {
      status: token.state === 'not_configured' ? 'not_configured' : degraded ? 'degraded' : 'ok',
      version,
      token,
      tokenRefresh,
      queue: { depth, depthIsMinimum: depth >= countLimit },
      permits: {
        free: paused === undefined ? permits.filter(({ freeAt }) => freeAt <= now).length : 0,
        total: permits.length,
      },
      requestsToday: { used: quota.usedToday, limit: firefly.limits.requestsPerDay },
      paused,
      rotation: rotation && rotationState(rotation, now),
    });
  },
});

/** What holds the queue up, an operator first: only that does not end by itself. */
const pauseOf = (pauses: Pauses, now: number): Record<string, string> | undefined => {
  if (!isPaused(pauses, now)) return undefined;
  const { pause, operatorPause } = pauses;
  if (operatorPause !== undefined) return { reason: 'operator', since: new Date(operatorPause.since).toISOString() };
  return pause && { reason: pause.reason, until: new Date(pause.until).toISOString() };
};

const tokenState = async ({ token, log }: Gateway, now: number): Promise<TokenState> => {
  try {
    const { expiresAt } = await token.read();
    const secondsLeft = Math.max(0, Math.floor((expiresAt - now) / 1000));
    return { state: secondsLeft > 0 ? 'ok' : 'expired', secondsLeft };
  } catch (error) {
    if (error instanceof NotConfiguredError) return { state: 'not_configured', secondsLeft: 0 };
    log.error('The access token could not be read.', { error: error instanceof Error ? error.name : 'unknown' });
    return { state: 'unreadable', secondsLeft: 0 };
  }
};

const rotationState = (rotation: SecretRotationStatus, now: number): Record<string, unknown> => {
  const { currentSecretCreatedAt, nextRotationAt, lastRotationAt, lastRotationFailed, error, foreignSecretUuids } =
    rotation;
  return {
    currentSecretAgeSeconds:
      currentSecretCreatedAt && Math.max(0, Math.floor((now - Date.parse(currentSecretCreatedAt)) / 1000)),
    currentSecretCreatedAt,
    nextRotationAt,
    lastRotationAt,
    lastRotationFailed,
    error,
    foreignSecretUuids: foreignSecretUuids ?? [],
    previousRetiresAt: rotation.previousRetiresAt,
  };
};
