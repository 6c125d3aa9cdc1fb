import type { Item } from 'dynalite/db/index.js';
import * as z from 'zod';
import { jobStates } from '#shared/jobs/job.ts';
import { statePart } from '#shared/jobs/job-store.ts';

const olderJob = z.object({
  sk: z.object({ S: z.literal('job') }),
  caller: z.object({ S: z.string() }),
  state: z.object({ S: z.enum(jobStates) }),
  callerState: z.undefined().optional(),
});

/**
 * Gives the record of a job the key of the index of states, without which no list by states would find it. Records of older gateways
 * have none.
 *
 * @param item of the job table, in the form of DynamoDB's JSON
 * @returns the same item if it lacks nothing, or is no job
 */
export const completeJob = (item: Item): Item => {
  const { success, data } = olderJob.safeParse(item);
  return success ? { ...item, callerState: { S: statePart(data.caller.S, data.state.S) } } : item;
};
