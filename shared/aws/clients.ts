import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { connectDynamoDb, type DynamoDb } from './dynamodb/client.ts';
import { defaultProvider } from './environment-credentials.ts';
import { limitInFlight } from './limit-in-flight.ts';

const credentials = defaultProvider();

/**
 * How long a connection may take, in ms, before the request is tried again: nothing else ends an attempt to connect to what does not answer.
 * The SDK counts the wait for a free connection as well, which is why no client has more requests under way than connections, but for
 * answers that are still read. An answer that is late is only warned of, by the SDK's own choice.
 */
const connectionTimeout = 2_000;

const requestHandler = { connectionTimeout, requestTimeout: 10_000 };

/** A DynamoDB client. */
export const createDynamoDb = (): DynamoDb => connectDynamoDb({ credentials });

/**
 * An S3 client whose presigned URLs carry no checksum parameters.
 *
 * @param options.pathStyle for S3 servers without a host name per bucket
 */
export const createS3 = (options: { pathStyle: boolean }): S3Client =>
  limitInFlight(
    new S3Client({
      credentials,
      forcePathStyle: options.pathStyle,
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
      requestHandler: { connectionTimeout, requestTimeout: 60_000 },
    }),
  );

/** A Secrets Manager client. */
export const createSecretsManager = (): SecretsManagerClient =>
  limitInFlight(new SecretsManagerClient({ credentials, requestHandler }));

/** A Lambda client; synchronous invocations (the token refresh) may take up to a minute. */
export const createLambda = (): LambdaClient =>
  limitInFlight(new LambdaClient({ credentials, requestHandler: { connectionTimeout, requestTimeout: 60_000 } }));

/** An EventBridge client. */
export const createEventBridge = (): EventBridgeClient =>
  limitInFlight(new EventBridgeClient({ credentials, requestHandler }));
