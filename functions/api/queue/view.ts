import type { Table } from '#shared/aws/table.ts';
import type { Clock } from '#shared/clock.ts';
import { type Priority, priorities } from '#shared/jobs/job.ts';
import { countLimit, headOfQueue, queueDepthOf } from '#shared/jobs/queue.ts';
import { type Pauses, type QuotaLimits, readQuota } from '#shared/jobs/quota.ts';
import { earliestSubmit } from '#shared/jobs/wait-estimate.ts';

// A caller's jobs stand in the order in which they came, so that the oldest of all is near the head.
const headLength = 25;

/** The queue as an operator sees it: how much waits, how long, what holds it up, and until when all will be submitted. */
export const queueView = async (table: Table, limits: QuotaLimits): Promise<Record<string, unknown>> => {
  const [quota, ...waiting] = await Promise.all([
    readQuota(table, limits),
    ...priorities.map((priority) => waitingAt(table, priority)),
  ]);
  const now = table.clock.now();
  const total = waiting.reduce((sum, { jobs }) => sum + jobs, 0);
  const isMinimum = waiting.some(({ jobsIsMinimum }) => jobsIsMinimum);
  const oldest = waiting.flatMap(({ oldestSince }) => oldestSince ?? []).sort()[0];
  const lastSubmit = total === 0 ? undefined : earliestSubmit(quota, limits, total - 1, now);
  return {
    waiting: {
      jobs: total,
      jobsIsMinimum: isMinimum,
      oldestSince: oldest,
      priorities: Object.fromEntries(priorities.map((priority, index) => [priority, waiting[index]])),
    },
    permits: quota.permits.map(({ freeAt }) => (freeAt <= now ? {} : { freeAt: isoOf(freeAt) })),
    pauses: pausesView(quota, table.clock),
    requestsToday: { used: quota.usedToday, limit: limits.requestsPerDay },
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

const waitingAt = async (table: Table, priority: Priority) => {
  const [jobs, head] = await Promise.all([queueDepthOf(table, priority), headOfQueue(table, priority, headLength)]);
  const oldestSince = head.map(({ createdAt }) => createdAt).sort()[0];
  return { jobs, jobsIsMinimum: jobs >= countLimit, ...(oldestSince !== undefined && { oldestSince }) };
};

const isoOf = (timeMs: number): string => new Date(timeMs).toISOString();
