import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

/** The AWS services that the command uses. */
export interface AwsClients {
  secretsManager: SecretsManagerClient;
  lambda: LambdaClient;
  dynamoDb: DynamoDBDocumentClient;
  close(): void;
}

/** A run of the rotation function may take as long as its time-out, at most 10 minutes. */
const maxInvocationMs = 610_000;

/** Clients for wherever the operator's AWS settings point to; profile and region may be given. */
export const createAwsClients = (where: { region?: string; profile?: string }): AwsClients => {
  const { region, profile } = where;
  const config = { region, profile };
  const requestHandler = { connectionTimeout: 5_000, requestTimeout: 15_000 };
  const secretsManager = new SecretsManagerClient({ ...config, requestHandler });
  const lambda = new LambdaClient({
    ...config,
    requestHandler: { connectionTimeout: 5_000, requestTimeout: maxInvocationMs },
  });
  const dynamoDb = new DynamoDBClient({ ...config, requestHandler });
  return {
    secretsManager,
    lambda,
    dynamoDb: DynamoDBDocumentClient.from(dynamoDb, { marshallOptions: { removeUndefinedValues: true } }),
    close: () => {
      for (const client of [secretsManager, lambda, dynamoDb]) client.destroy();
    },
  };
};
