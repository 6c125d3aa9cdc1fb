import { LambdaClient } from '@aws-sdk/client-lambda';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { connectDynamoDb, type DynamoDb } from '#shared/aws/dynamodb/client.ts';

/** The AWS services that the command uses. */
export interface AwsClients {
  secretsManager: SecretsManagerClient;
  lambda: LambdaClient;
  dynamoDb: DynamoDb;
  close(): void;
}

/** A run of the rotation function may take as long as its time-out, at most 10 minutes. */
const maxInvocationMs = 610_000;

/** Clients for wherever the operator's AWS settings point to; profile and region may be given. */
export const createAwsClients = (where: { region?: string; profile?: string }): AwsClients => {
  const { region, profile } = where;
  const config = { region, profile };
  const requestTimeout = 15_000;
  const requestHandler = { connectionTimeout: 5_000, requestTimeout };
  const secretsManager = new SecretsManagerClient({ ...config, requestHandler });
  const lambda = new LambdaClient({
    ...config,
    requestHandler: { connectionTimeout: 5_000, requestTimeout: maxInvocationMs },
  });
  const dynamoDb = connectDynamoDb({
    region: lambda.config.region,
    credentials: lambda.config.credentials,
    requestTimeout,
  });
  return {
    secretsManager,
    lambda,
    dynamoDb,
    close: () => {
      for (const client of [secretsManager, lambda, dynamoDb]) client.destroy();
    },
  };
};
