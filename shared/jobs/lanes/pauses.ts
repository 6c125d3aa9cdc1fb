import { getItems } from '../../aws/batch-get.ts';
import { condition } from '../../aws/expressions.ts';
import type { Item } from '../../aws/items.ts';
import { getItem, type Table, updateItem } from '../../aws/table.ts';
import { jobPartitions } from '../../deployment/tables.ts';
import { type CallerPause, callerPauseKey, parseCallerPause } from './caller-pauses.ts';
import { type Lane, type LaneQueue, type Lanes, lanePartition, permitCycleMs, plannedWindows } from './lane.ts';

/** What Adobe can pause a lane for. */
export const pauseReasons = [
  'rate_limited',
  'quota_exhausted',
  'access_refused',
  'intercepted',
  'token_refused',
] as const;

/** Why and until when (epoch ms) no job may be submitted. */
export interface Pause {
  until: number;
  /** A refused token stops every lane, the others only the lane that met them. */
  reason: (typeof pauseReasons)[number];
  /** How often in a row a trial after the pause was refused; 0 for a pause that simply ends. */
  level: number;
  /** Adobe's code for the refusal, such as `403003`. */
  code?: string;
  /** It was met by the ends of jobs that Adobe had accepted: only a job that succeeds shows that it is over. */
  isOfEnds?: true;
}

/** An operator has stopped all lanes; only an operator starts them again. */
export interface OperatorPause {
  /** Epoch ms. */
  since: number;
  /** The caller who did it. */
  by: string;
  /** In the operator's own words. */
  reason?: string;
}

/** What keeps jobs from being submitted: Adobe's refusals and an operator's wish, each independent of the other. */
export interface Pauses {
  pause?: Pause;
  operatorPause?: OperatorPause;
}

/** Key of the item that holds the pauses of all lanes. */
const sharedPauseKey = { pk: jobPartitions.allLanes, sk: 'pause' };
/** Key of the item that holds the pause of one lane. */
export const lanePauseKey = (lane: string) => ({ pk: lanePartition(lane), sk: 'pause' });

/** Reads only what pauses the lane; strongly consistent. A pause of Adobe's whose time is over is still in it. */
export const readPauses = async ({ table, name }: LaneQueue): Promise<Pauses> => {
  const [own, shared] = await Promise.all([getItem(table, lanePauseKey(name)), getItem(table, sharedPauseKey)]);
  return mergePauses(own, shared);
};

/** What pauses the lane, as {@link readPauses} reads it, and the pause of a caller, in one call. */
export const readTurnPauses = async (
  { table, name }: LaneQueue,
  caller: string,
): Promise<Pauses & { callerPause: CallerPause | undefined }> => {
  const keys = [lanePauseKey(name), sharedPauseKey, callerPauseKey(caller)];
  const items = await getItems(table, keys, 'all');
  const [own, shared, ofCaller] = keys.map(({ pk, sk }) =>
    items.find((item) => item['pk'] === pk && item['sk'] === sk),
  );
  return { ...mergePauses(own, shared), callerPause: ofCaller && parseCallerPause(ofCaller) };
};

/** The same, if the lane's own item has been read already. */
export const readSharedPauses = async (table: Table, own: Item | undefined): Promise<Pauses> =>
  mergePauses(own, await getItem(table, sharedPauseKey));

/** Of two pauses the longer one counts, and a trial after it if one of them demands it. */
const mergePauses = (own: Item | undefined, shared: Item | undefined): Pauses => {
  const [first, second] = [parsePause(own), parsePause(shared)];
  const longer = first === undefined || (second !== undefined && second.until > first.until) ? second : first;
  const pause = longer && { ...longer, level: Math.max(first?.level ?? 0, second?.level ?? 0) };
  const operatorPause = parseOperatorPause(shared);
  return { ...(pause && { pause }), ...(operatorPause && { operatorPause }) };
};

const parsePause = (item: Item = {}): Pause | undefined =>
  item['until'] === undefined
    ? undefined
    : {
        until: Number(item['until']),
        reason: item['reason'] as Pause['reason'],
        level: Number(item['level']),
        code: item['code'] === undefined ? undefined : String(item['code']),
        isOfEnds: item['isOfEnds'] === true ? true : undefined,
      };

const parseOperatorPause = (item: Item = {}): OperatorPause | undefined =>
  item['operatorPausedAt'] === undefined
    ? undefined
    : {
        since: Number(item['operatorPausedAt']),
        by: String(item['operatorPausedBy']),
        ...(item['operatorReason'] !== undefined && { reason: String(item['operatorReason']) }),
      };

/** Whether nothing may be submitted at a time (epoch ms). */
export const isPaused = ({ pause, operatorPause }: Pauses, nowMs: number): boolean =>
  operatorPause !== undefined || (pause !== undefined && pause.until > nowMs);

/**
 * Keeps every job of the lane, or of all lanes if the token was refused, from being submitted until the given time; a longer
 * pause that is already set stays. A pause of level 0 does not end a series of trials.
 *
 * @returns false if a longer pause was set already
 */
export const pauseLane = async (
  { table, name }: LaneQueue,
  { until, reason, level, code, isOfEnds }: Pause,
): Promise<boolean> =>
  (await updateItem(table, reason === 'token_refused' ? sharedPauseKey : lanePauseKey(name), {
    set: level === 0 ? { until, reason, code } : { until, reason, level, code, isOfEnds },
    setIfAbsent: level === 0 ? { level } : {},
    when: condition`attribute_not_exists(#until) OR #until < ${until}`,
  })) !== undefined;

/**
 * Claims the one trial that may follow a pause with a refusal.
 *
 * @returns false if another trial is under way
 */
export const claimTrial = async ({ table, name, limits }: Lane): Promise<boolean> => {
  const now = table.clock.now();
  const maxMs = Math.max(60_000, ...plannedWindows(limits).map((window) => permitCycleMs(window, limits)));
  const keys = [lanePauseKey(name), sharedPauseKey];
  const items = await Promise.all(keys.map((key) => getItem(table, key)));
  const refused = keys.filter((_, index) => Number(items[index]?.['level'] ?? 0) > 0);
  for (const key of refused) {
    const claimed = await updateItem(table, key, {
      set: { trialUntil: now + 2 * maxMs },
      when: condition`#level > ${0} AND (attribute_not_exists(#trialUntil) OR #trialUntil <= ${now})`,
    });
    if (claimed === undefined) return false;
  }
  return refused.length > 0;
};

/** Ends the series of trials once Adobe has accepted a job again, unless it ended jobs that it had accepted. */
export const clearTrials = async ({ table, name }: LaneQueue): Promise<void> => {
  for (const key of [lanePauseKey(name), sharedPauseKey]) {
    await updateItem(table, key, {
      set: { level: 0 },
      when: condition`#level > ${0} AND attribute_not_exists(#isOfEnds)`,
    });
  }
};

/** Ends the series of trials that ends of jobs have begun, once a job of such a trial has succeeded. */
export const clearTrialsOfEnds = async ({ table, name }: LaneQueue): Promise<void> => {
  await updateItem(table, lanePauseKey(name), {
    set: { level: 0 },
    remove: ['isOfEnds'],
    when: condition`#level > ${0} AND attribute_exists(#isOfEnds)`,
  });
};

/**
 * Stops all lanes for an operator: no job is given a permit and none is submitted any more. What Adobe has goes on. The
 * pause stands beside those that Adobe causes, so that neither ends the other.
 *
 * @returns false if an operator's pause stands already; it stays as it is
 */
export const pauseByOperator = async (table: Table, { by, reason }: Omit<OperatorPause, 'since'>): Promise<boolean> =>
  (await updateItem(table, sharedPauseKey, {
    set: { operatorPausedAt: table.clock.now(), operatorPausedBy: by, operatorReason: reason },
    when: condition`attribute_not_exists(#operatorPausedAt)`,
  })) !== undefined;

/**
 * Ends an operator's pause, and the wait until the next trial where Adobe has refused all work: one job is tried at once. A
 * rate limit stays.
 *
 * @returns false if there was nothing to end
 */
export const resumeByOperator = async (table: Table, lanes: Lanes): Promise<boolean> => {
  const ended = await updateItem(table, sharedPauseKey, {
    remove: ['operatorPausedAt', 'operatorPausedBy', 'operatorReason'],
    when: condition`attribute_exists(#operatorPausedAt)`,
  });
  let hasEnded = ended !== undefined;
  const now = table.clock.now();
  for (const key of [sharedPauseKey, ...[...lanes.keys()].map(lanePauseKey)]) {
    const hurried = await updateItem(table, key, {
      set: { until: now },
      remove: ['trialUntil'],
      when: condition`#level > ${0} AND #until > ${now} AND #reason <> ${'rate_limited'}`,
    });
    hasEnded ||= hurried !== undefined;
  }
  return hasEnded;
};
