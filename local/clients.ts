import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { connectDynamoDb } from '#shared/aws/dynamodb/client.ts';
import type { AccessKey } from '#shared/loopback-guard.ts';

/** Clients for the servers of an embedded stack; servers that were started by themselves take the key `local`. */
export const localClients = ({
  accessKeyId = 'local',
  secretAccessKey = 'local',
  ...urls
}: { dynamodb: string; s3: string; secretsManager: string } & Partial<AccessKey>) => {
  const identity = { region: 'us-east-1', credentials: { accessKeyId, secretAccessKey } };
  return {
    dynamoDb: new DynamoDBClient({ ...identity, endpoint: urls.dynamodb }),
    /** For what reads and writes the tables as the functions do. */
    tables: connectDynamoDb({ ...identity, endpoint: urls.dynamodb }),
    s3: new S3Client({ ...identity, endpoint: urls.s3, forcePathStyle: true }),
    secretsManager: new SecretsManagerClient({ ...identity, endpoint: urls.secretsManager }),
  };
};
