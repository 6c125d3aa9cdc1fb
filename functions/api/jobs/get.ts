import type { Job } from '#shared/jobs/job.ts';
import { findLane } from '#shared/jobs/lanes/lane.ts';
import { countLimit, countTurnsAhead } from '#shared/jobs/lanes/queue.ts';
import { readLane } from '#shared/jobs/lanes/snapshot.ts';
import { earliestSubmit } from '#shared/jobs/lanes/wait-estimate.ts';
import type { Gateway } from '../context.ts';
import { jsonResponse } from '../http/response.ts';
import type { Route } from '../http/router.ts';
import { jobRecord as recordSchema } from '../openapi/components.ts';
import { findJob } from './find.ts';
import { recordLinks } from './record-links.ts';
import { jobRecord as recordOf } from './view.ts';

type Parts = Pick<Gateway, 'table' | 'lanes' | 'inputs'>;

/** The gateway's full record of a job, with its place and its time while it waits. */
export const jobRecord = ({ table, lanes, inputs }: Parts): Route => ({
  method: 'GET',
  path: '/jobs/{jobId}',
  describe: {
    tag: 'Jobs',
    summary: 'Everything about a job',
    answers: { 200: { description: 'Its record', content: { 'application/json': recordSchema } } },
    errors: [404],
  },
  handle: async (request) => {
    const job = await findJob({ table }, request);
    return jsonResponse(200, {
      ...recordOf(job),
      links: recordLinks(request, job, inputs.maxBytes),
      ...(await waitOf({ table, lanes }, job)),
    });
  },
});

/**
 * When a waiting job comes in turn, as the queue stands now; later jobs of higher priority or of callers with fewer jobs may
 * overtake it. Position 1 is served next. No time is told while an operator has stopped the queue.
 */
const waitOf = async ({ table, lanes }: Omit<Parts, 'inputs'>, job: Job): Promise<Record<string, unknown>> => {
  if (job.state !== 'queued' && job.state !== 'scheduled') return {};
  const lane = findLane(lanes, job.lane);
  const quota = await readLane(lane);
  if (job.state === 'scheduled') {
    return { estimatedStart: quota.operatorPause === undefined ? isoOf(job.submitAt) : undefined };
  }
  const turnsAhead = await countTurnsAhead(lane, job);
  // The queue is longer than what is counted.
  const isMinimum = turnsAhead >= countLimit;
  const estimatedStart = isoOf(earliestSubmit(quota, lane.limits, turnsAhead, table.clock.now()));
  return {
    queuePosition: Math.min(turnsAhead + 1, countLimit),
    queuePositionIsMinimum: isMinimum,
    estimatedStart,
    estimatedStartIsMinimum: estimatedStart && isMinimum,
  };
};

const isoOf = (timeMs: number | undefined): string | undefined =>
  timeMs === undefined ? undefined : new Date(timeMs).toISOString();
