import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { RequestWindow } from '../../adobe/services/service.ts';
import { dayKey } from './daily-count.ts';
import { type Lane, lanePartition, permitCount, plannedWindows } from './lane.ts';
import { lanePauseKey, type Pauses, readSharedPauses } from './pauses.ts';
import { type Permit, permitKey } from './permits.ts';
import { turnsKey } from './rounds.ts';

/** A lane's quota as one strongly consistent read saw it. */
export interface LaneSnapshot extends Pauses {
  /** The windows that are planned by permits. */
  windows: { window: RequestWindow; permits: Permit[] }[];
  /** Submits counted for the current UTC day. */
  usedToday: number;
  /** Turns ever given; says whose turn is next among the priorities. */
  turns: number;
}

/** Reads permits, pauses, today's count and the number of turns at once. */
export const readLane = async ({ table, name, limits }: Lane): Promise<LaneSnapshot> => {
  const now = table.clock.now();
  const { Items = [] } = await table.dynamoDb.send(
    new QueryCommand({
      TableName: table.tableName,
      KeyConditionExpression: 'pk = :lane',
      ExpressionAttributeValues: { ':lane': lanePartition(name) },
      ConsistentRead: true,
    }),
  );
  const items = new Map(Items.map((item) => [String(item['sk']), item]));
  return {
    windows: plannedWindows(limits).map((window) => ({
      window,
      permits: Array.from({ length: permitCount(window, limits) }, (_, index) => {
        const permit = { window: window.seconds, index };
        return { ...permit, freeAt: Number(items.get(permitKey(name, permit).sk)?.['freeAt'] ?? 0) };
      }),
    })),
    ...(await readSharedPauses(table, items.get(lanePauseKey(name).sk))),
    usedToday: Number(items.get(dayKey(name, now).sk)?.['submits'] ?? 0),
    turns: Number(items.get(turnsKey(name).sk)?.['turns'] ?? 0),
  };
};
