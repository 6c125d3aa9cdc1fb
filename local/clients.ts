import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

/** Region and credentials with which the stack itself uses its servers; they accept any others as well. */
const identity = { region: 'us-east-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };

/** Clients for the servers of an embedded stack. */
export const localClients = (urls: { dynamodb: string; s3: string; secretsManager: string }) => ({
  dynamoDb: new DynamoDBClient({ ...identity, endpoint: urls.dynamodb }),
  s3: new S3Client({ ...identity, endpoint: urls.s3, forcePathStyle: true }),
  secretsManager: new SecretsManagerClient({ ...identity, endpoint: urls.secretsManager }),
});
