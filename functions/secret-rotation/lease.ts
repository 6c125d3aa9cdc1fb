import { randomUUID } from 'node:crypto';
import type { RotationPolicy, RotationPorts, RotationState } from './context.ts';
import { RotationBusyError } from './errors.ts';

/** One run's sole right to work on the client secrets. */
export interface Lease {
  /** To be called before each change: throws LeaseLostError if another run has taken over. */
  extend(): Promise<void>;
  /** Waits, in ms, without losing the lease. */
  sleep(ms: number): Promise<void>;
  /** @throws {LeaseLostError} if another run has taken over */
  saveState(memory: RotationState): Promise<void>;
}

/** What a run of the rotation works with. */
export interface Run {
  ports: RotationPorts;
  policy: RotationPolicy;
  lease: Lease;
  /** Epoch ms when the run must have ended. */
  deadline: number;
}

const pollMs = 2_000;

/**
 * Runs one piece of work while no other run works on the client secrets; waits until a running one is done, or until
 * one that crashed has been silent for the time of the lease.
 *
 * @param options.rotationToken the rotation that the work belongs to; it need not wait where its previous step left off
 * @param options.handsOver whether another step of that rotation follows, before which no other run may come in
 * @throws {RotationBusyError} if the lease was not free in time
 */
export const withLease = async <Result>(
  options: {
    ports: RotationPorts;
    policy: RotationPolicy;
    deadline: number;
    rotationToken?: string;
    handsOver?: boolean;
  },
  work: (run: Run) => Promise<Result>,
): Promise<Result> => {
  const { ports, policy, deadline, rotationToken, handsOver = false } = options;
  const { intents, clock, sleep } = ports;
  const owner = randomUUID();
  const until = () => clock.now() + policy.leaseMs;

  while (!(await intents.takeLease({ owner, until: until(), rotationToken }))) {
    if (clock.now() + pollMs > deadline) throw new RotationBusyError();
    await sleep(pollMs);
  }

  const lease: Lease = {
    extend: () => intents.extendLease(owner, until()),
    sleep: async (ms) => {
      await intents.extendLease(owner, until() + ms);
      await sleep(ms);
    },
    saveState: (memory) => intents.saveState(owner, memory),
  };
  try {
    const result = await work({ ports, policy, lease, deadline });
    const handover =
      rotationToken === undefined || !handsOver ? undefined : { rotationToken, until: clock.now() + policy.handoverMs };
    await intents.releaseLease(owner, handover);
    return result;
  } catch (error) {
    await intents.releaseLease(owner).catch((cause: unknown) => {
      ports.log.warn('The lease could not be released; it ends by itself.', { reason: String(cause) });
    });
    throw error;
  }
};
