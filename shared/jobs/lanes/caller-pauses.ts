import { v7 } from 'uuid';
import * as z from 'zod';
import { condition } from '../../aws/expressions.ts';
import { createItemParser, parseEach } from '../../aws/items.ts';
import { getItem, putItem, putNew, queryItems, removeItem, type Table, updateItem } from '../../aws/table.ts';
import { jobPartitions } from '../../deployment/tables.ts';
import { once } from '../../once.ts';
import { type Priority, priorities } from '../../priority.ts';
import { readServedRounds } from './rounds.ts';

const callerPauseSchema = once(() =>
  z.object({
    caller: z.string(),
    /**
     * `paused`: no job of the caller gets a turn. `resuming`: the same, until dispatch has moved the caller on by the rounds that it
     * missed. `returning`: its jobs come back into the queues of their lanes, and get turns.
     */
    state: z.enum(['paused', 'resuming', 'returning']),
    /** Tells this pause from the caller's earlier ones. */
    pauseId: z.string(),
    /** Epoch ms, as all times here. */
    since: z.number(),
    /** The operator. */
    by: z.string(),
    /** In the operator's own words. */
    reason: z.string().optional(),
    /** The last round that was served when the pause began, by lane and priority. */
    served: z.record(z.string(), z.number()),
    /** Whether all jobs that were in the queue have been taken out of it. */
    isSettled: z.boolean(),
    returningSince: z.number().optional(),
  }),
);

/** The pause of one caller, from the request of an operator until all of its jobs are back. */
export type CallerPause = z.output<ReturnType<typeof callerPauseSchema>>;

export const parseCallerPause = createItemParser(callerPauseSchema);

/** Key of the item that holds the pause of a caller. */
export const callerPauseKey = (caller: string) => ({ pk: jobPartitions.callerPauses, sk: caller });

const servedKey = (lane: string, priority: Priority): string => `${lane}#${priority}`;

/** Whether the jobs of the caller wait apart from the queue: new ones too. */
export const isHolding = ({ state }: Pick<CallerPause, 'state'>): boolean => state !== 'returning';

/** The last round of a lane and priority that was served when the pause began; undefined if the lane was not there. */
export const servedBefore = ({ served }: CallerPause, lane: string, priority: Priority): number | undefined =>
  served[servedKey(lane, priority)];

/** The pause of a caller as it is now. */
export const readCallerPause = async (table: Table, caller: string): Promise<CallerPause | undefined> => {
  const item = await getItem(table, callerPauseKey(caller));
  return item && parseCallerPause(item);
};

/** All pauses as they are now, those that are coming to their end included. */
export const listCallerPauses = async (table: Table): Promise<CallerPause[]> => {
  const items = [];
  const where = condition`#pk = ${jobPartitions.callerPauses}`;
  for await (const item of queryItems(table, { where, consistent: true })) items.push(item);
  return parseEach(table, items, parseCallerPause).parsed;
};

const isAt = ({ state, pauseId }: CallerPause) => condition`#state = ${state} AND #pauseId = ${pauseId}`;

/**
 * Keeps all jobs of a caller from their turns: those that wait, those of its batches and those that it makes later. From the
 * moment of the write no submit of theirs passes the fence.
 *
 * @param lanes the names of all lanes
 * @returns false if the caller is paused already; that pause stays as it is
 */
export const pauseCaller = async (
  table: Table,
  lanes: readonly string[],
  caller: string,
  { by, reason }: Pick<CallerPause, 'by' | 'reason'>,
): Promise<boolean> => {
  const key = callerPauseKey(caller);
  const given = { state: 'paused' as const, since: table.clock.now(), by, reason, isSettled: false };
  for (;;) {
    const known = await readCallerPause(table, caller);
    if (known?.state === 'paused') return false;
    if (known?.state === 'resuming') {
      // It has missed more than it will have been moved on by: the pause before goes on.
      const again = await updateItem(table, key, { set: given, when: isAt(known) });
      if (again !== undefined) return true;
      continue;
    }
    const pause: CallerPause = { ...given, caller, pauseId: v7(), served: await readAllServedRounds(table, lanes) };
    const item = { ...key, ...pause };
    const isWritten =
      known === undefined ? (await putNew(table, item)).created : await putItem(table, item, isAt(known));
    if (isWritten) return true;
  }
};

const readAllServedRounds = async (table: Table, lanes: readonly string[]): Promise<CallerPause['served']> => {
  const queues = lanes.flatMap((lane) => priorities.map((priority) => ({ lane, priority })));
  const rounds = await readServedRounds(table, queues);
  return Object.fromEntries(queues.map(({ lane, priority }, index) => [servedKey(lane, priority), rounds[index] ?? 0]));
};

/**
 * Has dispatch bring the jobs of a caller back.
 *
 * @returns false if the caller is not paused
 */
export const resumeCaller = async (table: Table, caller: string): Promise<boolean> =>
  (await updateItem(table, callerPauseKey(caller), {
    set: { state: 'resuming' satisfies CallerPause['state'] },
    when: condition`#state = ${'paused' satisfies CallerPause['state']}`,
  })) !== undefined;

/** Notes that the queue holds no more jobs of a paused caller. */
export const settleCallerPause = async (table: Table, pause: CallerPause): Promise<void> => {
  await updateItem(table, callerPauseKey(pause.caller), { set: { isSettled: true }, when: isAt(pause) });
};

/** @returns the pause as it is then; undefined if it was changed meanwhile */
export const beginReturn = async (table: Table, pause: CallerPause): Promise<CallerPause | undefined> => {
  const item = await updateItem(table, callerPauseKey(pause.caller), {
    set: { state: 'returning' satisfies CallerPause['state'], returningSince: table.clock.now() },
    when: isAt(pause),
  });
  return item && parseCallerPause(item);
};

/** Forgets a pause whose jobs are all back. */
export const endCallerPause = async (table: Table, pause: CallerPause): Promise<void> => {
  await removeItem(table, callerPauseKey(pause.caller), isAt(pause));
};
