import { getItems } from '../../aws/batch-get.ts';
import { condition } from '../../aws/expressions.ts';
import { queryFirst, type Table } from '../../aws/table.ts';
import { queuedPart } from '../job-store.ts';
import { type CallerPause, isHolding, listCallerPauses } from './caller-pauses.ts';
import { countHeld } from './held-jobs.ts';
import { countLimit } from './queue-counts.ts';

/** How many jobs of a caller wait, and how many have a turn or are at Adobe. */
export interface CallerJobs {
  caller: string;
  waiting: number;
  running: number;
  /** Set while the caller is paused, or its jobs are coming back; they are among those that wait. */
  pause?: CallerPause;
}

/**
 * Counts the jobs that have not ended by their callers, those with the most first: of each lane, and of those that have a turn,
 * up to {@link countLimit}. Paused callers are among them even without a job.
 */
export const countByCaller = async (
  table: Table,
  lanes: readonly string[],
): Promise<{ callers: CallerJobs[]; isMinimum: boolean }> => {
  const callers = new Map<string, CallerJobs>();
  let isMinimum = false;
  const count = async (part: string, kind: 'waiting' | 'running'): Promise<void> => {
    const entries = await queryFirst(table, { index: 'queue', where: condition`#queueState = ${part}` }, countLimit);
    isMinimum ||= entries.length === countLimit;
    const keys = entries.map(({ pk, sk }) => ({ pk: String(pk), sk: String(sk) }));
    for (const { caller } of await getItems(table, keys, ['caller'], { consistent: false })) {
      const name = String(caller);
      const counted = callers.get(name) ?? { caller: name, waiting: 0, running: 0 };
      counted[kind] += 1;
      callers.set(name, counted);
    }
  };
  for (const lane of lanes) await count(queuedPart(lane), 'waiting');
  for (const pause of await listCallerPauses(table)) {
    const held = await countHeld(table, pause.caller);
    isMinimum ||= held === countLimit;
    if (held === 0 && !isHolding(pause)) continue;
    const { waiting = 0, running = 0 } = callers.get(pause.caller) ?? {};
    callers.set(pause.caller, { caller: pause.caller, waiting: waiting + held, running, pause });
  }
  for (const part of ['scheduled', 'active']) await count(part, 'running');
  const total = ({ waiting, running }: CallerJobs): number => waiting + running;
  return { callers: [...callers.values()].sort((one, other) => total(other) - total(one)), isMinimum };
};
