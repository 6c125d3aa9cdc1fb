import { setTimeout } from 'node:timers/promises';
import { GatewayError } from '../../errors.ts';

/** Waits that many ms. */
export type Sleep = (ms: number) => Promise<void>;

const sleepFor: Sleep = async (ms) => {
  await setTimeout(ms);
};

const firstDelayMs = 50;
const maxDelayMs = 1_000;
// In a row, which is 4.5 s of waiting at most.
const maxIdleRounds = 8;

/** DynamoDB takes nothing more of a batch: the table has no capacity left. */
export class UnprocessedError extends GatewayError {
  /** @param left how many requests were not processed */
  constructor(operation: string, left: number) {
    super('unprocessed', `DynamoDB left ${left} requests of a ${operation} undone ${maxIdleRounds} times in a row.`);
  }
}

/**
 * Asks for a batch until all of it is done. DynamoDB answers a batch that is throttled in part with the rest of it, and the client does not
 * see that as a failure: the rest is asked for after a wait that doubles, with jitter, from 50 ms to 1 s while nothing gets done.
 *
 * @param ask sends what is left and gives what is left then
 * @throws {UnprocessedError} if nothing was done eight times in a row
 */
export const processAll = async <Request>(
  operation: string,
  requests: Request[],
  ask: (left: Request[]) => Promise<Request[]>,
  sleep: Sleep = sleepFor,
): Promise<void> => {
  let left = requests;
  let idleRounds = 0;
  while (left.length > 0) {
    const before = left.length;
    left = await ask(left);
    if (left.length === 0) return;
    idleRounds = left.length < before ? 0 : idleRounds + 1;
    if (idleRounds === maxIdleRounds) throw new UnprocessedError(operation, left.length);
    // At least half: all of it at random would often be no wait at all.
    await sleep(Math.min(maxDelayMs, firstDelayMs * 2 ** idleRounds) * (0.5 + Math.random() / 2));
  }
};
