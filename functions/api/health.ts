import * as z from 'zod';
import { NotConfiguredError } from '#shared/adobe/auth/access-token.ts';
import { type SecretRotationStatus, tokenRefreshStatusSchema } from '#shared/aws/status-items.ts';
import { findLane, fireflyLane } from '#shared/jobs/lanes/lane.ts';
import { isPaused, type Pauses } from '#shared/jobs/lanes/pauses.ts';
import { countLimit, queueDepth } from '#shared/jobs/lanes/queue.ts';
import { readLane } from '#shared/jobs/lanes/snapshot.ts';
import type { ApiContext } from './context.ts';
import { jsonResponse } from './http/problem.ts';
import type { Route } from './http/router.ts';
import { pauseFields, viewOperatorPause, viewPause } from './pause-view.ts';

const rotationState = z.object({
  state: z
    .enum(['none_yet', 'ok', 'failed'])
    .meta({ description: 'How the last rotation went; `none_yet` until the first one has run' }),
  currentSecretAgeSeconds: z.int().optional(),
  currentSecretCreatedAt: z.iso.datetime().optional(),
  nextRotationAt: z.iso.datetime().optional().meta({ description: 'When the next rotation is due' }),
  lastRotationAt: z.iso.datetime().optional().meta({ description: 'When the last rotation succeeded' }),
  lastRotationFailed: z.boolean(),
  error: z.object({ code: z.string(), message: z.string() }).optional(),
  foreignSecretUuids: z
    .array(z.string())
    .meta({ description: 'Client secrets at Adobe that this gateway did not make' }),
  previousRetiresAt: z.iso.datetime().optional().meta({ description: 'When the previous client secret is deleted' }),
});

/** The state of the gateway: times, counts and outcomes, never the value of a secret. */
const healthState = z
  .object({
    status: z.enum(['ok', 'degraded', 'not_configured']),
    version: z.string(),
    token: z.object({ state: z.enum(['ok', 'expired', 'not_configured', 'unreadable']), secondsLeft: z.int() }),
    tokenRefresh: tokenRefreshStatusSchema.optional().meta({ description: 'The last refresh of the token' }),
    queue: z.object({
      depth: z.int(),
      depthIsMinimum: z.boolean().meta({ description: 'True where the queue is longer than what is counted' }),
    }),
    permits: z.object({ free: z.int(), total: z.int() }).meta({ description: 'Requests of a minute' }),
    requestsToday: z.object({ used: z.int(), limit: z.int().optional() }),
    paused: z.object(pauseFields).optional().meta({ description: 'What holds the queue up' }),
    rotation: rotationState.meta({ description: 'The client secret and its rotation' }),
  })
  .meta({ id: 'Health' });

type Health = z.output<typeof healthState>;

/** What an operator wants to know at a glance. */
export const healthRoute = (context: ApiContext): Route => ({
  method: 'GET',
  path: '/health',
  describe: {
    tag: 'Operation',
    summary: 'State of the gateway at a glance',
    answers: {
      200: { description: 'Token, queue, permits, pause, rotation', content: { 'application/json': healthState } },
    },
  },
  handle: async () => jsonResponse(200, await viewHealth(context)),
});

const viewHealth = async (context: ApiContext): Promise<Health> => {
  const { table, lanes, statusItems, settings } = context;
  const firefly = findLane(lanes, fireflyLane);
  const now = table.clock.now();
  const [token, depth, snapshot, tokenRefresh, rotation] = await Promise.all([
    viewToken(context, now),
    queueDepth(firefly),
    readLane(firefly),
    statusItems.readTokenRefresh(),
    statusItems.readSecretRotation(),
  ]);
  const permits = snapshot.windows.flatMap((each) => each.permits);
  const paused = viewCurrentPause(snapshot, now);
  const degraded =
    token.state !== 'ok' || paused !== undefined || tokenRefresh?.state === 'failing' || rotation?.lastRotationFailed;
  return {
    status: token.state === 'not_configured' ? 'not_configured' : degraded ? 'degraded' : 'ok',
    version: settings.version,
    token,
    tokenRefresh,
    queue: { depth, depthIsMinimum: depth >= countLimit },
    permits: {
      free: paused === undefined ? permits.filter(({ freeAt }) => freeAt <= now).length : 0,
      total: permits.length,
    },
    requestsToday: { used: snapshot.usedToday, limit: firefly.limits.requestsPerDay },
    paused,
    rotation: viewRotation(rotation, now),
  };
};

/** What holds the queue up, an operator first: only an operator's pause does not end by itself. */
const viewCurrentPause = (pauses: Pauses, now: number): Health['paused'] => {
  if (!isPaused(pauses, now)) return undefined;
  const { pause, operatorPause } = pauses;
  return operatorPause === undefined ? pause && viewPause(pause) : viewOperatorPause(operatorPause);
};

const viewToken = async ({ token, log }: ApiContext, now: number): Promise<Health['token']> => {
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

const viewRotation = (rotation: SecretRotationStatus | undefined, now: number): z.output<typeof rotationState> => {
  if (rotation === undefined) return { state: 'none_yet', lastRotationFailed: false, foreignSecretUuids: [] };
  const { currentSecretCreatedAt, nextRotationAt, lastRotationAt, lastRotationFailed, error } = rotation;
  return {
    state: lastRotationFailed ? 'failed' : lastRotationAt === undefined ? 'none_yet' : 'ok',
    currentSecretAgeSeconds:
      currentSecretCreatedAt === undefined
        ? undefined
        : Math.max(0, Math.floor((now - Date.parse(currentSecretCreatedAt)) / 1000)),
    currentSecretCreatedAt,
    nextRotationAt,
    lastRotationAt,
    lastRotationFailed,
    error,
    foreignSecretUuids: rotation.foreignSecretUuids ?? [],
    previousRetiresAt: rotation.previousRetiresAt,
  };
};
