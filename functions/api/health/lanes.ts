import * as z from 'zod';
import type { Lane } from '#shared/jobs/lanes/lane.ts';
import { isPaused, type Pauses } from '#shared/jobs/lanes/pauses.ts';
import { headOfQueue, listShortQueue } from '#shared/jobs/lanes/queue.ts';
import { type LaneSnapshot, readLane } from '#shared/jobs/lanes/snapshot.ts';
import { once } from '#shared/once.ts';
import { priorities } from '#shared/priority.ts';
import { pauseFields, viewOperatorPause, viewPause } from '../pause-view.ts';

// Dispatch runs every minute and plans a minute ahead.
const standsStillAfterMs = 5 * 60_000;
const dayMs = 86_400_000;
const shortLength = 25;

/** A lane as an operator sees it at a glance. */
export const laneHealth = once(() =>
  z.object({
    lane: z.string().meta({ description: 'Queue and quota of a service, such as `firefly`' }),
    waiting: z.boolean().meta({ description: 'Whether jobs wait' }),
    waitingSince: z.iso.datetime().optional().meta({ description: 'When the oldest job at the heads was made' }),
    permits: z.object({ free: z.int(), total: z.int() }).meta({ description: 'Requests of a minute' }),
    requestsToday: z.object({ used: z.int(), limit: z.int().optional() }),
    paused: z.object(pauseFields()).optional().meta({ description: 'What holds the queue up' }),
    standsStill: z
      .boolean()
      .meta({ description: 'Jobs wait and permits are free, for minutes: dispatch does not run' }),
  }),
);

/** A lane as an operator sees it at a glance. */
export type LaneHealth = z.output<ReturnType<typeof laneHealth>>;

/** Looks at the heads of a lane's queue and at its quota; how much waits is not counted. */
export const viewLaneHealth = async (lane: Lane): Promise<LaneHealth> => {
  const [snapshot, heads] = await Promise.all([readLane(lane), readHeads(lane)]);
  const now = lane.table.clock.now();
  const paused = viewCurrentPause(snapshot, now);
  const permits = snapshot.windows.flatMap((each) => each.permits);
  const [waitingSince] = heads.sort();
  return {
    lane: lane.name,
    waiting: waitingSince !== undefined,
    waitingSince,
    permits: {
      free: paused === undefined ? permits.filter(({ freeAt }) => freeAt <= now).length : 0,
      total: permits.length,
    },
    requestsToday: { used: snapshot.usedToday, limit: lane.limits.requestsPerDay },
    paused,
    standsStill: waitingSince !== undefined && hasRoomSince(lane, snapshot, now) && isOld(waitingSince, now),
  };
};

/** When the first jobs of each priority were made. One read tells it of a short queue, which most lanes have. */
const readHeads = async (lane: Lane): Promise<string[]> => {
  const listed = await listShortQueue(lane, shortLength);
  if (listed) return [...listed.values()].flatMap(([first]) => (first ? [String(first['createdAt'])] : []));
  return (await Promise.all(priorities.map((priority) => headOfQueue(lane, priority, 1)))).flat();
};

const isOld = (since: string, now: number): boolean => now - Date.parse(since) > standsStillAfterMs;

/** Whether a turn could have been given all the time until now: no pause, a permit of each window, requests of the day. */
const hasRoomSince = ({ limits }: Lane, snapshot: LaneSnapshot, now: number): boolean => {
  const since = now - standsStillAfterMs;
  const { requestsPerDay } = limits;
  return (
    snapshot.operatorPause === undefined &&
    (snapshot.pause?.until ?? 0) < since &&
    snapshot.nextSubmitAt < since &&
    snapshot.windows.every(({ permits }) => permits.some(({ freeAt }) => freeAt < since)) &&
    (requestsPerDay === undefined || (snapshot.usedToday < requestsPerDay && now % dayMs > standsStillAfterMs))
  );
};

/** What holds the queue up, an operator first: only an operator's pause does not end by itself. */
const viewCurrentPause = (pauses: Pauses, now: number): LaneHealth['paused'] => {
  if (!isPaused(pauses, now)) return undefined;
  const { pause, operatorPause } = pauses;
  return operatorPause === undefined ? pause && viewPause(pause) : viewOperatorPause(operatorPause);
};
