import type { CallAdobe } from '#shared/adobe/http/call.ts';
import { operationOf, serviceOf } from '#shared/adobe/services/registry.ts';
import type { Job } from '#shared/jobs/job.ts';
import { findLane } from '#shared/jobs/lanes/lane.ts';
import { settlePollSlots, takePollSlots } from '#shared/jobs/lanes/poll-slots.ts';
import type { GenerateContext } from './context.ts';

const pauseMs = 1_000;
// A status in pages is read whole or not at all.
const maxPauses = 20;

/**
 * The calls of one poll, under the limit that the job's service sets for polls, if it sets one. Without room the first call is not
 * made, as the next poll comes soon; those that follow it wait for a while.
 */
export const limitPolls = (context: GenerateContext, job: Job): CallAdobe => {
  const { polls } = serviceOf(operationOf(job));
  if (polls === undefined) return context.callAdobe;
  const lane = findLane(context.lanes, polls.lane);
  let isFirst = true;
  return async (request) => {
    let slots = await takePollSlots(lane, request.timeoutMs);
    for (let pauses = 0; slots === undefined && !isFirst && pauses < maxPauses; pauses += 1) {
      await context.sleep(pauseMs);
      slots = await takePollSlots(lane, request.timeoutMs);
    }
    if (slots === undefined) return { kind: 'not_sent', reason: 'The limit for polls has no room now.' };
    isFirst = false;
    const outcome = await context.callAdobe(request);
    await settlePollSlots(lane, slots);
    return outcome;
  };
};
