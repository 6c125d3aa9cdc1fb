import * as z from 'zod';
import { NotConfiguredError } from '#shared/adobe/auth/access-token.ts';
import { type DispatchStatus, dispatchStatusSchema, readDispatchStatus } from '#shared/aws/dispatch-status.ts';
import { type SecretRotationStatus, tokenRefreshStatusSchema } from '#shared/aws/status-items.ts';
import { once } from '#shared/once.ts';
import type { ApiContext } from '../context.ts';
import { pauseFields } from '../pause-view.ts';
import { laneHealth, viewLaneHealth } from './lanes.ts';
import { serviceHealth, viewServices } from './services.ts';

const rotationState = once(() =>
  z.object({
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
  }),
);

/** What makes the gateway degraded. */
const problems = [
  'token_not_ok',
  'token_refresh_failing',
  'service_not_granted',
  'rotation_failed',
  'dispatch_failed',
  'dispatch_silent',
  'job_set_aside',
  'queue_paused',
  'queue_stands_still',
] as const;

const tokenStates = ['ok', 'expired', 'not_configured', 'unreadable'] as const;

const summaryFields = once(() => ({
  status: z.enum(['ok', 'degraded', 'not_configured']),
  version: z.string(),
}));

/** What callers are told of the state of the gateway. */
export const healthSummary = once(() =>
  z
    .object({
      ...summaryFields(),
      token: z.object({ state: z.enum(tokenStates) }),
      lanes: z.array(
        laneHealth()
          .pick({ lane: true, waiting: true })
          .extend({
            paused: z
              .object(pauseFields())
              .pick({ reason: true, since: true, until: true })
              .optional()
              .meta({ description: 'What holds the queue up' }),
          }),
      ),
    })
    .meta({ id: 'Health' }),
);

/** What operators are told: times, counts and outcomes, never the value of a secret. */
export const healthDetails = once(() =>
  z
    .object({
      ...summaryFields(),
      problems: z.array(z.enum(problems)).meta({ description: 'Why the gateway is degraded' }),
      token: z.object({ state: z.enum(tokenStates), secondsLeft: z.int() }),
      tokenRefresh: tokenRefreshStatusSchema().optional().meta({ description: 'The last refresh of the token' }),
      services: z.array(serviceHealth()).meta({ description: 'The services that are on' }),
      dispatch: dispatchStatusSchema().optional().meta({ description: 'The last run of dispatch' }),
      lanes: z.array(laneHealth()),
      rotation: rotationState().meta({ description: 'The client secret and its rotation' }),
    })
    .meta({ id: 'HealthDetails' }),
);

/** The state of the gateway as operators see it. */
export type HealthDetails = z.output<ReturnType<typeof healthDetails>>;

// Dispatch runs every minute, whatever there is to do.
const silentAfterMs = 5 * 60_000;
const setAsideIsNewsMs = 24 * 3_600_000;

/** Looks at everything that the gateway knows of itself; nothing is counted. */
export const viewDetails = async (context: ApiContext): Promise<HealthDetails> => {
  const { table, lanes, statusItems, settings } = context;
  const now = table.clock.now();
  const [token, tokenRefresh, rotation, dispatch, ...laneStates] = await Promise.all([
    viewToken(context, now),
    statusItems.readTokenRefresh(),
    statusItems.readSecretRotation(),
    readDispatchStatus(table),
    ...[...lanes.values()].map(viewLaneHealth),
  ]);
  const services = viewServices(context.services, tokenRefresh);
  const found: Record<(typeof problems)[number], boolean> = {
    token_not_ok: token.state !== 'ok',
    token_refresh_failing: tokenRefresh?.state === 'failing',
    service_not_granted: services.some(({ advice }) => advice !== undefined),
    rotation_failed: rotation?.lastRotationFailed === true,
    ...findDispatchProblems(dispatch, now),
    queue_paused: laneStates.some(({ paused }) => paused !== undefined),
    queue_stands_still: laneStates.some(({ standsStill }) => standsStill),
  };
  const current = problems.filter((problem) => found[problem]);
  return {
    status: token.state === 'not_configured' ? 'not_configured' : current.length > 0 ? 'degraded' : 'ok',
    version: settings.version,
    problems: current,
    token,
    tokenRefresh,
    services,
    dispatch,
    lanes: laneStates,
    rotation: viewRotation(rotation, now),
  };
};

/** What of it is for every caller: no names of credentials or secrets, no words of errors, no use. */
export const summarise = ({
  status,
  version,
  token,
  lanes,
}: HealthDetails): z.output<ReturnType<typeof healthSummary>> => ({
  status,
  version,
  token: { state: token.state },
  lanes: lanes.map(({ lane, waiting, paused }) => ({
    lane,
    waiting,
    paused: paused && { reason: paused.reason, since: paused.since, until: paused.until },
  })),
});

const findDispatchProblems = (dispatch: DispatchStatus | undefined, now: number) => {
  const isWithin = (at: string | undefined, ms: number) => at !== undefined && now - Date.parse(at) <= ms;
  return {
    dispatch_failed: dispatch?.error !== undefined,
    dispatch_silent: dispatch !== undefined && !isWithin(dispatch.lastRunAt, silentAfterMs),
    job_set_aside: isWithin(dispatch?.lastSetAsideAt, setAsideIsNewsMs),
  };
};

const viewToken = async ({ token, log }: ApiContext, now: number): Promise<HealthDetails['token']> => {
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

const viewRotation = (
  rotation: SecretRotationStatus | undefined,
  now: number,
): z.output<ReturnType<typeof rotationState>> => {
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
