import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { Clock } from '#shared/clock.ts';

const leaseSchema = z.object({
  owner: z.string(),
  /** The version of the access token that is being replaced. */
  tokenVersionId: z.string(),
  /** The version of the client credentials that the new token is minted from. */
  credentialsVersionId: z.string(),
  /** Epoch ms. */
  until: z.number(),
});

/** The right to mint the successor of one version of the access token. It is over when that version is replaced. */
export type MintLease = z.output<typeof leaseSchema>;

/** Hands the lease to one run at a time, so that concurrent runs cause one mint. */
export interface MintLeases {
  /**
   * Takes the lease unless another run holds one for the same version of the access token.
   *
   * @returns the lease in the way, or undefined if this one was taken
   */
  take(lease: MintLease): Promise<MintLease | undefined>;
  /** Gives up a lease after a failure, so that the next run need not wait for its end. */
  release(lease: MintLease): Promise<void>;
}

const key = { pk: 'status#token-refresh', sk: 'mint-lease' };

/** Keeps the lease beside the status item of the token refresh: Secrets Manager has no conditional write. */
export const createMintLeases = (options: {
  dynamoDb: DynamoDBDocumentClient;
  tableName: string;
  clock: Clock;
}): MintLeases => {
  const { dynamoDb, tableName: TableName, clock } = options;

  const put = async (lease: MintLease, condition: string, values: Record<string, unknown>, names = {}) => {
    try {
      await dynamoDb.send(
        new PutCommand({
          TableName,
          Item: { ...lease, ...key },
          ConditionExpression: condition,
          ExpressionAttributeValues: values,
          ExpressionAttributeNames: names,
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  };

  const read = async () => {
    const { Item } = await dynamoDb.send(new GetCommand({ TableName, Key: key, ConsistentRead: true }));
    return leaseSchema.optional().parse(Item);
  };

  const take = async (lease: MintLease): Promise<MintLease | undefined> => {
    const condition = 'attribute_not_exists(pk) OR #until <= :now OR tokenVersionId <> :version';
    const values = { ':now': clock.now(), ':version': lease.tokenVersionId };
    if (await put(lease, condition, values, { '#until': 'until' })) return undefined;
    return (await read()) ?? take(lease);
  };

  return {
    take,
    release: async (lease) => {
      await put({ ...lease, until: 0 }, '#owner = :owner', { ':owner': lease.owner }, { '#owner': 'owner' });
    },
  };
};
