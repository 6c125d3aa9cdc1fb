import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { Clock } from '#shared/clock.ts';
import type { IntentStore } from '../context.ts';
import { LeaseLostError } from '../errors.ts';

const memorySchema = z.object({
  intent: z
    .object({
      rotationToken: z.string(),
      credentialId: z.string(),
      uuidsBefore: z.array(z.string()),
      adobeDate: z.number(),
      closedAt: z.number().optional(),
    })
    .optional(),
  abandonedUuids: z.array(z.string()).default([]),
});

/** One item holds lease and memory, so that every write of the memory can be made conditional on the lease. */
const key = { pk: 'client-credentials' };

/** Opens the table that only this function can reach. */
export const createIntentStore = (options: {
  dynamoDb: DynamoDBDocumentClient;
  tableName: string;
  clock: Clock;
}): IntentStore => {
  const { dynamoDb, tableName: TableName, clock } = options;

  const update = async (expression: string, condition: string, values: Record<string, unknown>): Promise<boolean> => {
    try {
      await dynamoDb.send(
        new UpdateCommand({
          TableName,
          Key: key,
          UpdateExpression: expression,
          ConditionExpression: condition,
          ExpressionAttributeValues: values,
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  };

  const updateAsOwner = async (owner: string, expression: string, values: Record<string, unknown>) => {
    const condition = 'leaseOwner = :owner';
    if (!(await update(expression, condition, { ...values, ':owner': owner }))) throw new LeaseLostError();
  };

  return {
    takeLease: ({ owner, until, rotationToken }) => {
      const isFree = 'attribute_not_exists(leaseUntil) OR leaseUntil <= :now';
      const values = { ':owner': owner, ':until': until, ':now': clock.now() };
      const take = 'SET leaseOwner = :owner, leaseUntil = :until REMOVE handedTo';
      return rotationToken === undefined
        ? update(take, isFree, values)
        : update(take, `${isFree} OR handedTo = :token`, { ...values, ':token': rotationToken });
    },
    extendLease: (owner, until) => updateAsOwner(owner, 'SET leaseUntil = :until', { ':until': until }),
    releaseLease: async (owner, handover) => {
      const asOwner = { ':owner': owner };
      // Whoever lost the lease has nothing to release.
      if (handover === undefined) {
        await update('REMOVE leaseOwner, leaseUntil', 'leaseOwner = :owner', asOwner);
      } else {
        const values = { ...asOwner, ':until': handover.until, ':token': handover.rotationToken };
        const handOver = 'SET leaseUntil = :until, handedTo = :token REMOVE leaseOwner';
        await update(handOver, 'leaseOwner = :owner', values);
      }
    },
    readMemory: async () => {
      const { Item } = await dynamoDb.send(new GetCommand({ TableName, Key: key, ConsistentRead: true }));
      return memorySchema.parse(Item ?? {});
    },
    saveState: async (owner, { intent, abandonedUuids }) => {
      await (intent === undefined
        ? updateAsOwner(owner, 'SET abandonedUuids = :uuids REMOVE intent', { ':uuids': abandonedUuids })
        : updateAsOwner(owner, 'SET abandonedUuids = :uuids, intent = :intent', {
            ':uuids': abandonedUuids,
            ':intent': intent,
          }));
    },
  };
};
