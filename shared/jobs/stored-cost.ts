import * as z from 'zod';
import { once } from '../once.ts';
import { isFinal, type Job } from './job.ts';
import { givenUpJob, unknownOutcome } from './set-aside.ts';

const operations = once(() => z.number().min(0));

/** What callers are told of the cost of a job. */
export const shownCost = once(() =>
  z
    .object({
      estimated: operations().meta({ description: 'What the outputs cost that the request asks for' }),
      actual: operations()
        .optional()
        .meta({ description: 'What the outputs cost that Adobe made; known once the job has ended' }),
      unit: z.literal('operations'),
      isUncertain: z
        .literal(true)
        .optional()
        .meta({ description: 'Whether Adobe has billed the job is not known, so that it is counted as if it had' }),
    })
    .meta({ id: 'Cost' }),
);

/** What the cost of a job follows from. */
export type CostOfJob = Pick<Job, 'state' | 'error' | 'cost' | 'requested' | 'received' | 'reusedFrom' | 'upstream'>;

/** The same, of those attributes that lists and reports read. */
export const costAttributes = {
  state: true,
  error: true,
  cost: true,
  requested: true,
  received: true,
  reusedFrom: true,
  upstream: true,
} as const;

/**
 * What an ended job has cost, in thousandths of an Operation: the outputs that Adobe made, whether they could be stored or
 * not. Where nobody knows whether Adobe bills a job, it is taken as billed.
 */
export const findActualCost = (job: CostOfJob): { actual: number; isUncertain: boolean } => {
  const { estimated, outputs } = job.cost ?? { estimated: 0, outputs: 0 };
  if (outputs === 0) return { actual: 0, isUncertain: false };
  if (job.received !== undefined) return { actual: (estimated / outputs) * job.received, isUncertain: false };
  if (mayBeBilled(job)) return { actual: estimated, isUncertain: true };
  return { actual: job.state === 'succeeded' ? estimated : 0, isUncertain: false };
};

/** Whether Adobe took a job, or may have, and its end there is not known. */
const mayBeBilled = ({ state, error, upstream }: CostOfJob): boolean =>
  error?.code === unknownOutcome.code ||
  error?.code === givenUpJob ||
  (state === 'timed_out' && upstream !== undefined);

/** What callers are told of the cost of a job; undefined of a job from before costs were counted. */
export const viewCost = (job: CostOfJob): z.output<ReturnType<typeof shownCost>> | undefined => {
  if (job.cost === undefined) return undefined;
  const estimated = job.cost.estimated / 1_000;
  if (!isFinal(job.state)) return { estimated, unit: 'operations' };
  const { actual, isUncertain } = findActualCost(job);
  return { estimated, actual: actual / 1_000, unit: 'operations', isUncertain: isUncertain ? true : undefined };
};
