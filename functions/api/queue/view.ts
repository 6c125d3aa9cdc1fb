import * as z from 'zod';
import type { Lane, LaneQueue } from '#shared/jobs/lanes/lane.ts';
import type { Pauses } from '#shared/jobs/lanes/pauses.ts';
import { headOfQueue, listShortQueue } from '#shared/jobs/lanes/queue.ts';
import { countLimit, countQueued } from '#shared/jobs/lanes/queue-counts.ts';
import { readLane } from '#shared/jobs/lanes/snapshot.ts';
import { earliestSubmit } from '#shared/jobs/lanes/wait-estimate.ts';
import { once } from '#shared/once.ts';
import { type Priority, priorities } from '#shared/priority.ts';
import { callerPauseView } from '../callers/pause.ts';
import { toIso } from '../http/problem.ts';
import { pauseFields, viewOperatorPause, viewPause } from '../pause-view.ts';

const waitingFields = once(() => ({
  jobs: z.int(),
  jobsIsMinimum: z.boolean().meta({ description: 'True where the queue is longer than what is counted' }),
  oldestSince: z.iso.datetime().optional().meta({ description: 'When the oldest job near the head was made' }),
}));
const waitingJobs = once(() => z.object(waitingFields()));

const pauseSchema = once(() =>
  z.object({
    ...pauseFields(),
    by: z.string().optional(),
    note: z.string().optional().meta({ description: "The operator's reason" }),
    refusedTrials: z.int().optional().meta({ description: 'How often in a row Adobe refused a trial' }),
  }),
);

/** The queue of a lane as an operator sees it. */
const laneQueue = once(() =>
  z
    .object({
      lane: z.string().meta({ description: 'Queue and quota of a service, such as `firefly`' }),
      waiting: z.object({
        ...waitingFields(),
        priorities: z.object({ high: waitingJobs(), normal: waitingJobs(), low: waitingJobs() }),
      }),
      permits: z
        .array(z.object({ freeAt: z.iso.datetime().optional() }))
        .meta({ description: 'One for each request of a minute; those without a time are free' }),
      pauses: z.array(pauseSchema()).meta({ description: "An operator's, without end, and Adobe's, until a time" }),
      requestsToday: z.object({ used: z.int(), limit: z.int().optional() }),
      turnsGiven: z.int().meta({ description: 'Permits given to jobs, ever' }),
      estimatedDrain: z.iso.datetime().optional().meta({
        description: 'When the last job that waits now will be submitted; absent while an operator pauses the queue',
      }),
      estimatedDrainIsMinimum: z.boolean().optional(),
    })
    .meta({ id: 'LaneQueue' }),
);

type QueueState = z.output<ReturnType<typeof laneQueue>>;

/** The queues of all lanes, as an operator sees them. */
export const queueState = once(() =>
  z
    .object({
      lanes: z.array(laneQueue()),
      pausedCallers: z
        .array(callerPauseView().extend({ caller: z.string() }))
        .meta({ description: 'Callers whose jobs get no turns; what they have waiting is in no lane' }),
    })
    .meta({ id: 'QueueState' }),
);

// A caller's jobs stand in the order in which they came, so that the oldest of all is near the head.
const headLength = 25;

/** The queue of a lane as an operator sees it: how much waits, how long, what holds it up, and until when all will be submitted. */
export const viewQueue = async (lane: Lane): Promise<QueueState> => {
  const [snapshot, waiting] = await Promise.all([readLane(lane), countWaiting(lane)]);
  const now = lane.table.clock.now();
  const all = priorities.map((priority) => waiting[priority]);
  const total = all.reduce((sum, { jobs }) => sum + jobs, 0);
  const isMinimum = all.some(({ jobsIsMinimum }) => jobsIsMinimum);
  const estimatedDrain = total === 0 ? undefined : toIso(earliestSubmit(snapshot, lane.limits, total - 1, now));
  return {
    lane: lane.name,
    waiting: {
      jobs: total,
      jobsIsMinimum: isMinimum,
      oldestSince: all.flatMap(({ oldestSince }) => oldestSince ?? []).sort()[0],
      priorities: waiting,
    },
    permits: snapshot.windows
      .flatMap(({ permits }) => permits)
      .map(({ freeAt }) => (freeAt <= now ? {} : { freeAt: toIso(freeAt) })),
    pauses: viewPauses(snapshot, now),
    requestsToday: { used: snapshot.usedToday, limit: lane.limits.requestsPerDay },
    turnsGiven: snapshot.turns,
    estimatedDrain,
    estimatedDrainIsMinimum: estimatedDrain === undefined ? undefined : isMinimum,
  };
};

const viewPauses = ({ pause, operatorPause }: Pauses, now: number): QueueState['pauses'] => {
  const pauses: QueueState['pauses'] = [];
  if (operatorPause !== undefined) {
    const { by, reason } = operatorPause;
    pauses.push({ ...viewOperatorPause(operatorPause), by, note: reason });
  }
  if (pause !== undefined && pause.until > now) {
    pauses.push({ ...viewPause(pause), refusedTrials: pause.level });
  }
  return pauses;
};

// Most lanes are empty or have a few jobs, and a look at the queue asks all of them: one read tells all there is.
const shortLength = 100;

type WaitingJobs = z.output<ReturnType<typeof waitingJobs>>;

const countWaiting = async (queue: LaneQueue): Promise<Record<Priority, WaitingJobs>> => {
  const listed = await listShortQueue(queue, shortLength);
  const count = async (priority: Priority): Promise<WaitingJobs> => {
    const entries = listed?.get(priority) ?? [];
    const [jobs, head] = listed
      ? [entries.length, entries.map(({ createdAt }) => String(createdAt))]
      : await Promise.all([countQueued(queue, { priority }), headOfQueue(queue, priority, headLength)]);
    return { jobs, jobsIsMinimum: jobs >= countLimit, oldestSince: head.toSorted()[0] };
  };
  const [high, normal, low] = await Promise.all([count('high'), count('normal'), count('low')]);
  return { high, normal, low };
};
