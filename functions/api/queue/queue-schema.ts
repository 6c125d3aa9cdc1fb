import * as z from 'zod';

const waiting = {
  jobs: z.int(),
  jobsIsMinimum: z.boolean().meta({ description: 'True where the queue is longer than what is counted' }),
  oldestSince: z.iso.datetime().optional().meta({ description: 'When the oldest job near the head was made' }),
};
const waitingJobs = z.object(waiting);

/** The queue as an operator sees it. */
export const queueState = z
  .object({
    waiting: z.object({
      ...waiting,
      priorities: z.object({ high: waitingJobs, normal: waitingJobs, low: waitingJobs }),
    }),
    permits: z
      .array(z.object({ freeAt: z.iso.datetime().optional() }))
      .meta({ description: 'One for each request of a minute; those without a time are free' }),
    pauses: z
      .array(
        z.object({
          reason: z.enum(['operator', 'rate_limited', 'quota_exhausted', 'token_refused']),
          since: z.iso.datetime().optional(),
          by: z.string().optional(),
          note: z.string().optional().meta({ description: "The operator's reason" }),
          until: z.iso.datetime().optional(),
          refusedTrials: z.int().optional().meta({ description: 'How often in a row Adobe refused a trial' }),
        }),
      )
      .meta({ description: "An operator's, without end, and Adobe's, until a time" }),
    requestsToday: z.object({ used: z.int(), limit: z.int() }),
    turnsGiven: z.int().meta({ description: 'Permits given to jobs, ever' }),
    estimatedDrain: z.iso
      .datetime()
      .optional()
      .meta({ description: 'When the last job that waits now will be submitted; not told while an operator pauses' }),
    estimatedDrainIsMinimum: z.boolean().optional(),
  })
  .meta({ id: 'QueueState' });
