import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { createCaller } from '#shared/callers/caller-store.ts';
import { putPolicy } from '#shared/callers/policy-store.ts';
import { systemClock } from '#shared/clock.ts';
import { localClients } from './clients.ts';
import type { StackDescription } from './stack.ts';
import { stackNames } from './stack-settings.ts';

/** A caller of the embedded stack, with its secret: on this machine there is nothing to keep from anybody. */
export interface DemoCaller {
  name: string;
  clientId: string;
  clientSecret: string;
}

const names = ['demo-campaigns', 'demo-catalogue'] as const;

/**
 * Makes the two callers that one can try tokens with.
 *
 * @param budget Operations that the second one may spend a day; any number if undefined
 */
export const createDemoCallers = async (urls: StackDescription, budget?: number): Promise<DemoCaller[]> => {
  const { dynamoDb, s3, secretsManager } = localClients(urls);
  const table = {
    dynamoDb: DynamoDBDocumentClient.from(dynamoDb, { marshallOptions: { removeUndefinedValues: true } }),
    tableName: stackNames.callerTable,
    clock: systemClock,
  };
  try {
    return await Promise.all(
      names.map(async (name, index) => {
        const { caller, secret } = await createCaller(table, { name, operator: false });
        if (index === 1 && budget !== undefined) await putPolicy(table, caller.callerId, { operationsPerDay: budget });
        return { name, clientId: caller.callerId, clientSecret: secret.value };
      }),
    );
  } finally {
    for (const client of [dynamoDb, s3, secretsManager]) client.destroy();
  }
};
