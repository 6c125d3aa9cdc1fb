import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { connectDynamoDb, type DynamoDb } from './dynamodb/client.ts';
import { defaultProvider } from './environment-credentials.ts';

const credentials = defaultProvider();

// A connection that is not there in time fails and is tried again; an answer that is late is only warned of, by the SDK's own choice.
const requestHandler = { connectionTimeout: 2_000, requestTimeout: 10_000 };

/** A DynamoDB client. */
export const createDynamoDb = (): DynamoDb => connectDynamoDb({ credentials });

/**
 * An S3 client whose presigned URLs carry no checksum parameters.
 *
 * @param options.pathStyle for S3 servers without a host name per bucket
 */
export const createS3 = (options: { pathStyle: boolean }): S3Client =>
  new S3Client({
    credentials,
    forcePathStyle: options.pathStyle,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: { connectionTimeout: 2_000, requestTimeout: 60_000 },
  });

/** A Secrets Manager client. */
export const createSecretsManager = (): SecretsManagerClient =>
  new SecretsManagerClient({ credentials, requestHandler });

/** A Lambda client; synchronous invocations (the token refresh) may take up to a minute. */
export const createLambda = (): LambdaClient =>
  new LambdaClient({ credentials, requestHandler: { connectionTimeout: 2_000, requestTimeout: 60_000 } });

/** An EventBridge client. */
export const createEventBridge = (): EventBridgeClient => new EventBridgeClient({ credentials, requestHandler });
