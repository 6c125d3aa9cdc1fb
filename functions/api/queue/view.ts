import type { Clock } from '#shared/clock.ts';
import { type Priority, priorities } from '#shared/jobs/job.ts';
import type { Lane, LaneQueue } from '#shared/jobs/lanes/lane.ts';
import type { Pauses } from '#shared/jobs/lanes/pauses.ts';
import { countLimit, countQueuedAt, headOfQueue } from '#shared/jobs/lanes/queue.ts';
import { readLane } from '#shared/jobs/lanes/snapshot.ts';
import { earliestSubmit } from '#shared/jobs/lanes/wait-estimate.ts';

// A caller's jobs stand in the order in which they came, so that the oldest of all is near the head.
const headLength = 25;

/** The queue as an operator sees it: how much waits, how long, what holds it up, and until when all will be submitted. */
export const queueView = async (lane: Lane): Promise<Record<string, unknown>> => {
  const [quota, ...waiting] = await Promise.all([
    readLane(lane),
    ...priorities.map((priority) => waitingAt(lane, priority)),
  ]);
  const now = lane.table.clock.now();
  const total = waiting.reduce((sum, { jobs }) => sum + jobs, 0);
  const isMinimum = waiting.some(({ jobsIsMinimum }) => jobsIsMinimum);
  const oldest = waiting.flatMap(({ oldestSince }) => oldestSince ?? []).sort()[0];
  const lastSubmit = total === 0 ? undefined : earliestSubmit(quota, lane.limits, total - 1, now);
  return {
    waiting: {
      jobs: total,
      jobsIsMinimum: isMinimum,
      oldestSince: oldest,
      priorities: Object.fromEntries(priorities.map((priority, index) => [priority, waiting[index]])),
    },
    permits: quota.windows
      .flatMap(({ permits }) => permits)
      .map(({ freeAt }) => (freeAt <= now ? {} : { freeAt: isoOf(freeAt) })),
    pauses: pausesView(quota, lane.table.clock),
    requestsToday: { used: quota.usedToday, limit: lane.limits.requestsPerDay },
    turnsGiven: quota.turns,
    ...(lastSubmit !== undefined && { estimatedDrain: isoOf(lastSubmit), estimatedDrainIsMinimum: isMinimum }),
  };
};

const pausesView = ({ pause, operatorPause }: Pauses, clock: Clock): Record<string, unknown>[] => [
  ...(operatorPause === undefined
    ? []
    : [
        {
          reason: 'operator',
          since: isoOf(operatorPause.since),
          by: operatorPause.by,
          ...(operatorPause.reason !== undefined && { note: operatorPause.reason }),
        },
      ]),
  ...(pause === undefined || pause.until <= clock.now()
    ? []
    : [{ reason: pause.reason, until: isoOf(pause.until), refusedTrials: pause.level }]),
];

const waitingAt = async (queue: LaneQueue, priority: Priority) => {
  const [jobs, head] = await Promise.all([countQueuedAt(queue, priority), headOfQueue(queue, priority, headLength)]);
  const oldestSince = head.map(({ createdAt }) => createdAt).sort()[0];
  return { jobs, jobsIsMinimum: jobs >= countLimit, ...(oldestSince !== undefined && { oldestSince }) };
};

const isoOf = (timeMs: number): string => new Date(timeMs).toISOString();
