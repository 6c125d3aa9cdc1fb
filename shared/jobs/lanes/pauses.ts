import { GetCommand } from '@aws-sdk/lib-dynamodb';
import type { Table } from '../../aws/table.ts';
import { conditionalUpdate } from '../conditional-update.ts';
import { type Lane, type LaneQueue, lanePartition, permitPeriodMs, plannedWindows } from './lane.ts';

/** Why and until when (epoch ms) no job may be submitted. */
export interface Pause {
  until: number;
  /** A refused token stops every lane, the others only the lane that met them. */
  reason: 'rate_limited' | 'quota_exhausted' | 'token_refused';
  /** How often in a row a trial after the pause was refused; 0 for a pause that simply ends. */
  level: number;
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
const sharedPauseKey = { pk: 'quota', sk: 'pause' };
/** Key of the item that holds the pause of one lane. */
export const lanePauseKey = (lane: string) => ({ pk: lanePartition(lane), sk: 'pause' });

type Item = Record<string, unknown>;

/** Reads only what pauses the lane; strongly consistent. A pause of Adobe's whose time is over is still in it. */
export const readPauses = async ({ table, name }: LaneQueue): Promise<Pauses> => {
  const [own, shared] = await Promise.all([readItem(table, lanePauseKey(name)), readItem(table, sharedPauseKey)]);
  return mergePauses(own, shared);
};

/** The same, if the lane's own item has been read already. */
export const readSharedPauses = async (table: Table, own: Item | undefined): Promise<Pauses> =>
  mergePauses(own, await readItem(table, sharedPauseKey));

const readItem = async (table: Table, key: { pk: string; sk: string }): Promise<Item | undefined> =>
  (await table.dynamoDb.send(new GetCommand({ TableName: table.tableName, Key: key, ConsistentRead: true }))).Item;

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
    : { until: Number(item['until']), reason: item['reason'] as Pause['reason'], level: Number(item['level']) };

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
export const pauseLane = async ({ table, name }: LaneQueue, { until, reason, level }: Pause): Promise<boolean> =>
  (await conditionalUpdate(table, reason === 'token_refused' ? sharedPauseKey : lanePauseKey(name), {
    expression: `SET #until = :until, reason = :reason, #level = ${level === 0 ? 'if_not_exists(#level, :level)' : ':level'}`,
    condition: 'attribute_not_exists(#until) OR #until < :until',
    names: { '#until': 'until', '#level': 'level' },
    values: { ':until': until, ':reason': reason, ':level': level },
  })) !== undefined;

/**
 * Claims the one trial that may follow a pause with a refusal.
 *
 * @returns false if another trial is under way
 */
export const claimTrial = async ({ table, name, limits }: Lane): Promise<boolean> => {
  const now = table.clock.now();
  const longestMs = Math.max(60_000, ...plannedWindows(limits).map((window) => permitPeriodMs(window, limits)));
  const keys = [lanePauseKey(name), sharedPauseKey];
  const items = await Promise.all(keys.map((key) => readItem(table, key)));
  const refused = keys.filter((_, index) => Number(items[index]?.['level'] ?? 0) > 0);
  for (const key of refused) {
    const claimed = await conditionalUpdate(table, key, {
      expression: 'SET trialUntil = :end',
      condition: '#level > :none AND (attribute_not_exists(trialUntil) OR trialUntil <= :now)',
      names: { '#level': 'level' },
      values: { ':none': 0, ':now': now, ':end': now + 2 * longestMs },
    });
    if (claimed === undefined) return false;
  }
  return refused.length > 0;
};

/** Ends the series of trials once Adobe has accepted a job again. */
export const clearTrials = async ({ table, name }: LaneQueue): Promise<void> => {
  for (const key of [lanePauseKey(name), sharedPauseKey]) {
    await conditionalUpdate(table, key, {
      expression: 'SET #level = :none',
      condition: '#level > :none',
      names: { '#level': 'level' },
      values: { ':none': 0 },
    });
  }
};

/**
 * Stops all lanes for an operator: no job is given a permit and none is submitted any more. What Adobe has goes on. The
 * pause stands beside those that Adobe causes, so that neither ends the other.
 *
 * @returns false if an operator's pause stands already; it stays as it is
 */
export const pauseByOperator = async (table: Table, { by, reason }: Omit<OperatorPause, 'since'>): Promise<boolean> =>
  (await conditionalUpdate(table, sharedPauseKey, {
    expression: `SET operatorPausedAt = :now, operatorPausedBy = :by${reason === undefined ? '' : ', operatorReason = :reason'}`,
    condition: 'attribute_not_exists(operatorPausedAt)',
    values: { ':now': table.clock.now(), ':by': by, ...(reason !== undefined && { ':reason': reason }) },
  })) !== undefined;

/**
 * Ends an operator's pause; one that Adobe caused stays.
 *
 * @returns false if there was none
 */
export const resumeByOperator = async (table: Table): Promise<boolean> =>
  (await conditionalUpdate(table, sharedPauseKey, {
    expression: 'REMOVE operatorPausedAt, operatorPausedBy, operatorReason',
    condition: 'attribute_exists(operatorPausedAt)',
  })) !== undefined;
