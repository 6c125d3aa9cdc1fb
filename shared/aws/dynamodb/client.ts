import { NODE_REGION_CONFIG_FILE_OPTIONS, NODE_REGION_CONFIG_OPTIONS, partition } from '@aws-sdk/core/client';
import { Sha256 } from '@smithy/core/checksum';
import { constructStack } from '@smithy/core/client';
import { loadConfig } from '@smithy/core/config';
import { HttpRequest, type HttpResponse } from '@smithy/core/protocols';
import { getRetryPlugin, StandardRetryStrategy } from '@smithy/core/retry';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { SignatureV4 } from '@smithy/signature-v4';
import type {
  AwsCredentialIdentity,
  HttpHandlerOptions,
  MetadataBearer,
  MiddlewareStack,
  Provider,
  RequestHandler,
} from '@smithy/types';
import { limitInFlight } from '../limit-in-flight.ts';
import { readAnswer } from './answer.ts';
import type { Operations } from './operations.ts';

/** Where a client sends its requests, and as whom. */
export interface DynamoDbSettings {
  /** That of the environment (`AWS_REGION`) or of the user's AWS settings if undefined. */
  region?: string | Provider<string>;
  /** Asked for each request, so that they may change. */
  credentials: AwsCredentialIdentity | Provider<AwsCredentialIdentity>;
  /** That of the environment (`AWS_ENDPOINT_URL_DYNAMODB`, `AWS_ENDPOINT_URL`) or of the region if undefined. */
  endpoint?: string;
  /** How long a request waits for its answer, and for more of it once it has begun, before it is sent again. In ms; `defaultRequestTimeout` if undefined. */
  requestTimeout?: number;
  /** Sends requests; over HTTP if undefined. */
  requestHandler?: RequestHandler<HttpRequest, HttpResponse, HttpHandlerOptions>;
}

/**
 * How long a request waits for its answer, in ms. DynamoDB answers in milliseconds, an overloaded machine with the local one in seconds; at
 * most half of the time that any function has, so that a second attempt can still answer after a stuck connection.
 */
export const defaultRequestTimeout = 5_000;

// As AWS has it for DynamoDB: https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
const maxAttempts = 4;
const baseDelay = 25;

/** A client for DynamoDB. */
export interface DynamoDb {
  /**
   * Asks DynamoDB for one operation. Requests that found no capacity, no connection, no answer in time or an error of the service are sent
   * again, so that a write may have been done twice when it is answered.
   *
   * @throws {ServiceException} by DynamoDB's name of the error, if it refuses or its attempts are used up; an error of Node's if it
   * could not be reached
   */
  send<Operation extends keyof Operations>(
    operation: Operation,
    input: Operations[Operation]['input'],
  ): Promise<Operations[Operation]['output']>;
  /** What each request passes through; steps and names of commands are those of AWS's clients. */
  readonly middlewareStack: MiddlewareStack<object, MetadataBearer>;
  /** Closes connections; what is under way fails. */
  destroy(): void;
}

/**
 * Makes a client of what is needed of the parts that AWS's own client is made of, which takes twice the processor for a call
 * (docs/adr/0031).
 */
export const connectDynamoDb = ({
  region = loadConfig(NODE_REGION_CONFIG_OPTIONS, NODE_REGION_CONFIG_FILE_OPTIONS),
  credentials,
  // Empty is as good as not set, as the SDK has it.
  endpoint = process.env['AWS_ENDPOINT_URL_DYNAMODB'] || process.env['AWS_ENDPOINT_URL'] || undefined,
  requestTimeout = defaultRequestTimeout,
  requestHandler = new NodeHttpHandler({
    // Covers connecting as well.
    requestTimeout,
    throwOnRequestTimeout: true,
    socketTimeout: requestTimeout,
  }),
}: DynamoDbSettings): DynamoDb => {
  let found: Promise<URL> | undefined;
  const getEndpoint = () => {
    found ??= findEndpoint(region, endpoint).catch((error: unknown) => {
      // The next request may find the region.
      found = undefined;
      throw error;
    });
    return found;
  };
  const signer = new SignatureV4({ region, credentials, service: 'dynamodb', sha256: Sha256 });
  const strategy = new StandardRetryStrategy({ maxAttempts, baseDelay });
  const middlewareStack: DynamoDb['middlewareStack'] = constructStack();
  middlewareStack.add(
    (next, { commandName }) =>
      async (args) =>
        next({ ...args, request: writeRequest(await getEndpoint(), String(commandName), args.input) }),
    { step: 'serialize', name: 'writeRequest' },
  );
  middlewareStack.use(getRetryPlugin({ maxAttempts: async () => maxAttempts, retryStrategy: async () => strategy }));
  middlewareStack.add(
    (next) => async (args) => next({ ...args, request: await signer.sign(args.request as HttpRequest) }),
    { step: 'finalizeRequest', name: 'sign' },
  );
  middlewareStack.add(
    (next) => async (args) => {
      const { response } = await next(args);
      return { response, output: await readAnswer(response as HttpResponse) };
    },
    { step: 'deserialize', name: 'readAnswer' },
  );
  return limitInFlight({
    middlewareStack,
    send: async (operation, input) => {
      const handle = middlewareStack.resolve<object, MetadataBearer>(
        // The step before the last reads the answer.
        async ({ request }) => (await requestHandler.handle(request as HttpRequest)) as never,
        { clientName: 'DynamoDBClient', commandName: `${operation}Command` },
      );
      return (await handle({ input })).output;
    },
    destroy: () => requestHandler.destroy?.(),
  });
};

const findEndpoint = async (region: string | Provider<string>, endpoint: string | undefined): Promise<URL> => {
  if (endpoint !== undefined) return new URL(endpoint);
  const name = typeof region === 'string' ? region : await region();
  return new URL(`https://dynamodb.${name}.${partition(name).dnsSuffix}`);
};

const writeRequest = ({ protocol, hostname, host, port }: URL, commandName: string, input: object): HttpRequest => {
  const body = Buffer.from(JSON.stringify(input));
  return new HttpRequest({
    method: 'POST',
    protocol,
    hostname,
    ...(port && { port: Number(port) }),
    path: '/',
    headers: {
      host,
      'content-type': 'application/x-amz-json-1.0',
      'content-length': String(body.byteLength),
      'x-amz-target': `DynamoDB_20120810.${commandName.replace(/Command$/, '')}`,
    },
    body,
  });
};
