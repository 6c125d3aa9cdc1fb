import { GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { Table } from '../aws/table.ts';
import { conditionalUpdate } from './conditional-update.ts';

/** Partition of everything that all jobs share: permits, pause, day counters, served rounds. */
export const quotaPartition = 'quota';

/** Adobe: 4 requests a minute and 9,000 a day per organization by default; higher by contract. */
export interface QuotaLimits {
  requestsPerMinute: number;
  requestsPerDay: number;
  /** How long after its submit time a job may still be submitted, in ms: what Adobe counts is arrivals. */
  submitGraceMs: number;
}

/** One of the N permits of a minute; it can be claimed again for any time from `freeAt` (epoch ms) on. */
export interface Permit {
  index: number;
  freeAt: number;
}

/** Why and until when (epoch ms) no job may be submitted. */
export interface Pause {
  until: number;
  reason: 'rate_limited' | 'quota_exhausted' | 'token_refused';
  /** How often in a row a trial after the pause was refused; 0 for a pause that simply ends. */
  level: number;
}

/** An operator has stopped the queue; only an operator starts it again. */
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

/** The quota as one strongly consistent read saw it. */
export interface QuotaSnapshot extends Pauses {
  permits: Permit[];
  /** Submits counted for the current UTC day. */
  usedToday: number;
  /** Turns ever given; says whose turn is next among the priorities. */
  turns: number;
}

const windowMs = 60_000;

/** How far ahead permits are assigned: the schedule runs every minute, so none comes free unassigned before its next run. */
export const lookaheadMs = 60_000;

/** How long a permit is taken from its submit time on: Adobe's window and the grace. */
export const permitPeriodMs = ({ submitGraceMs }: QuotaLimits): number => windowMs + submitGraceMs;

const permitKey = (index: number) => ({ pk: quotaPartition, sk: `permit#${String(index).padStart(3, '0')}` });
/** The item that holds both kinds of pause. */
export const pauseKey = { pk: quotaPartition, sk: 'pause' };
/** The item that counts the turns. */
export const turnsKey = { pk: quotaPartition, sk: 'served' };

const dayOf = (nowMs: number): string => new Date(nowMs).toISOString().slice(0, 10);
const dayKey = (nowMs: number) => ({ pk: quotaPartition, sk: `day#${dayOf(nowMs)}` });

/** Reads permits, pauses, today's count and the number of turns at once. */
export const readQuota = async (table: Table, limits: QuotaLimits): Promise<QuotaSnapshot> => {
  const now = table.clock.now();
  const { Items = [] } = await table.dynamoDb.send(
    new QueryCommand({
      TableName: table.tableName,
      KeyConditionExpression: 'pk = :quota',
      ExpressionAttributeValues: { ':quota': quotaPartition },
      ConsistentRead: true,
    }),
  );
  const items = new Map(Items.map((item) => [String(item['sk']), item]));
  return {
    permits: Array.from({ length: limits.requestsPerMinute }, (_, index) => ({
      index,
      freeAt: Number(items.get(permitKey(index).sk)?.['freeAt'] ?? 0),
    })),
    ...pausesOf(items.get(pauseKey.sk)),
    usedToday: Number(items.get(dayKey(now).sk)?.['submits'] ?? 0),
    turns: Number(items.get(turnsKey.sk)?.['turns'] ?? 0),
  };
};

/** Reads only what pauses the quota; strongly consistent. A pause of Adobe's whose time is over is still told. */
export const readPauses = async (table: Table): Promise<Pauses> => {
  const { Item } = await table.dynamoDb.send(
    new GetCommand({ TableName: table.tableName, Key: pauseKey, ConsistentRead: true }),
  );
  return pausesOf(Item);
};

const pausesOf = (item: Record<string, unknown> = {}): Pauses => ({
  ...(item['until'] !== undefined && {
    pause: { until: Number(item['until']), reason: item['reason'] as Pause['reason'], level: Number(item['level']) },
  }),
  ...(item['operatorPausedAt'] !== undefined && {
    operatorPause: {
      since: Number(item['operatorPausedAt']),
      by: String(item['operatorPausedBy']),
      ...(item['operatorReason'] !== undefined && { reason: String(item['operatorReason']) }),
    },
  }),
});

/** Whether nothing may be submitted at a time (epoch ms). */
export const isPaused = ({ pause, operatorPause }: Pauses, nowMs: number): boolean =>
  operatorPause !== undefined || (pause !== undefined && pause.until > nowMs);

/**
 * Claims a permit for one submit time.
 *
 * @returns false if another dispatcher was faster
 */
export const claimPermit = async (
  table: Table,
  limits: QuotaLimits,
  permit: Permit,
  submitAt: number,
): Promise<boolean> =>
  (await conditionalUpdate(table, permitKey(permit.index), {
    expression: 'SET freeAt = :next',
    condition: permit.freeAt === 0 ? 'attribute_not_exists(freeAt) OR freeAt = :read' : 'freeAt = :read',
    values: { ':next': submitAt + permitPeriodMs(limits), ':read': permit.freeAt },
  })) !== undefined;

/**
 * Gives a permit back that was claimed for a submit that certainly did not and will not happen.
 *
 * @returns false if the permit has been claimed again since
 */
export const releasePermit = async (
  table: Table,
  limits: QuotaLimits,
  index: number,
  submitAt: number,
): Promise<boolean> =>
  (await conditionalUpdate(table, permitKey(index), {
    expression: 'SET freeAt = :free',
    condition: 'freeAt = :claimed',
    // From the submit time on the permit was free; 1 ms later, so that no two claims are alike and a release whose answer
    // was lost, when repeated, cannot free somebody else's.
    values: { ':free': submitAt + 1, ':claimed': submitAt + permitPeriodMs(limits) },
  })) !== undefined;

/**
 * Counts one submit for the current UTC day, before it is sent.
 *
 * @returns false if the day's limit is reached; then nothing may be sent
 */
export const countSubmit = async (table: Table, limits: QuotaLimits): Promise<boolean> => {
  const now = table.clock.now();
  const counted = await conditionalUpdate(table, dayKey(now), {
    expression: 'ADD submits :one SET expiresAt = :expiry',
    condition: 'attribute_not_exists(submits) OR submits < :limit',
    values: { ':one': 1, ':limit': limits.requestsPerDay, ':expiry': Math.floor(now / 1000) + 3 * 86_400 },
  });
  return counted !== undefined;
};

/**
 * Keeps every job from being submitted until the given time; a longer pause that is already set stays. A pause of level 0
 * does not end a series of trials.
 */
export const pauseQuota = async (table: Table, pause: Pause): Promise<boolean> =>
  (await conditionalUpdate(table, pauseKey, {
    expression: `SET #until = :until, reason = :reason, #level = ${pause.level === 0 ? 'if_not_exists(#level, :level)' : ':level'}`,
    condition: 'attribute_not_exists(#until) OR #until < :until',
    names: { '#until': 'until', '#level': 'level' },
    values: { ':until': pause.until, ':reason': pause.reason, ':level': pause.level },
  })) !== undefined;

/**
 * Claims the one trial that may follow a pause with a refusal.
 *
 * @returns false if another trial is under way
 */
export const claimTrial = async (table: Table, limits: QuotaLimits): Promise<boolean> =>
  (await conditionalUpdate(table, pauseKey, {
    expression: 'SET trialUntil = :end',
    condition: '#level > :none AND (attribute_not_exists(trialUntil) OR trialUntil <= :now)',
    names: { '#level': 'level' },
    values: { ':none': 0, ':now': table.clock.now(), ':end': table.clock.now() + 2 * permitPeriodMs(limits) },
  })) !== undefined;

/** Ends the series of trials once Adobe has accepted a job again. */
export const clearTrials = async (table: Table): Promise<void> => {
  await conditionalUpdate(table, pauseKey, {
    expression: 'SET #level = :none',
    condition: '#level > :none',
    names: { '#level': 'level' },
    values: { ':none': 0 },
  });
};
