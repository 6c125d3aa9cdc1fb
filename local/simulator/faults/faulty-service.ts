import { setTimeout as wait } from 'node:timers/promises';
import type { Clock } from '#shared/clock.ts';
import type { Answer } from '../http/answer.ts';
import type { ReceivedRequest } from '../http/request.ts';
import type { Manner } from '../manner/manner.ts';
import { faultAnswer } from './answers.ts';
import type { AnswerFault, RequestFault } from './definitions.ts';

/** What goes back over the wire: an answer, possibly cut short, or a connection closed without one. */
export type Outcome = { dropped: true } | { dropped: false; answer: Answer; truncateAt?: number };

/**
 * Lets the faults that meet a request do their work around the service.
 *
 * @param serve the service itself; not called when a fault stands in front of it
 * @param signal ends latencies when the simulator closes
 */
export const serveWithFaults = async (
  request: ReceivedRequest,
  faults: readonly RequestFault[],
  serve: () => Promise<Answer>,
  { clock, manner, signal }: { clock: Clock; manner: Manner; signal: AbortSignal },
): Promise<Outcome> => {
  for (const fault of faults) {
    if (fault.fault === 'latency') await wait(fault.ms, undefined, { signal });
  }
  const refusalStatus = manner.isObserved('refusals-are-422') ? 422 : 451;
  const replacing = (effect: 'none' | 'done') =>
    faults.find((fault) => 'effect' in fault && fault.effect === effect) as AnswerFault | DropFault | undefined;
  const outcome = (fault: AnswerFault | DropFault): Outcome =>
    fault.fault === 'drop'
      ? { dropped: true }
      : { dropped: false, answer: faultAnswer(fault, request.service, clock.now(), refusalStatus) };

  const before = replacing('none');
  if (before) return outcome(before);
  const answer = await serve();
  const after = replacing('done');
  return after ? outcome(after) : altered(answer, faults);
};

type DropFault = Extract<RequestFault, { fault: 'drop' }>;

const altered = (answer: Answer, faults: readonly RequestFault[]): Outcome => {
  const outcome: Outcome = { dropped: false, answer };
  for (const fault of faults) {
    if (fault.fault !== 'alter') continue;
    const { status, headers, body } = outcome.answer;
    outcome.answer = {
      status: fault.status ?? status,
      headers: { ...headers, ...fault.headers },
      body: fault.body ?? body,
    };
    outcome.truncateAt = fault.truncateAt ?? outcome.truncateAt;
  }
  return outcome;
};
