import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { HeadObjectCommand } from '@aws-sdk/client-s3';
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import type { MiddlewareStack } from '@smithy/types';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  createDynamoDb,
  createEventBridge,
  createLambda,
  createS3,
  createSecretsManager,
} from '#shared/aws/clients.ts';
import { maxInFlight } from '#shared/aws/limit-in-flight.ts';

/** A server that keeps all requests waiting until it is told how to answer them, and those that follow. */
const startServer = async () => {
  const held: ServerResponse[] = [];
  let status: number | undefined;
  const answer = (response: ServerResponse) => {
    response.writeHead(status ?? 200, { 'content-type': 'application/json' });
    response.end(status === 200 ? '{}' : '');
  };
  const server = createServer((request, response) => {
    request.resume();
    request.on('end', () => (status === undefined ? held.push(response) : answer(response)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  /** Answers the oldest request that waits; `undefined` ends its connection. */
  const answerOne = (given: number | undefined) => {
    const response = held.shift();
    if (given === undefined) response?.destroy();
    else response?.writeHead(given, { 'content-type': 'application/json' }).end(given === 200 ? '{}' : '');
  };
  const answerWith = (given: number) => {
    status = given;
    for (const response of held.splice(0)) answer(response);
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, held, answerOne, answerWith };
};

const clients = {
  DynamoDB: () => {
    const client = createDynamoDb();
    return { client, send: () => client.send('GetItem', { TableName: 'jobs', Key: { pk: { S: 'a' } } }) };
  },
  S3: () => {
    const client = createS3({ pathStyle: true });
    return { client, send: () => client.send(new HeadObjectCommand({ Bucket: 'bucket', Key: 'key' })) };
  },
  Lambda: () => {
    const client = createLambda();
    return { client, send: () => client.send(new InvokeCommand({ FunctionName: 'generate' })) };
  },
  'Secrets Manager': () => {
    const client = createSecretsManager();
    return { client, send: () => client.send(new GetSecretValueCommand({ SecretId: 'secret' })) };
  },
  EventBridge: () => {
    const client = createEventBridge();
    return { client, send: () => client.send(new PutEventsCommand({ Entries: [] })) };
  },
};

/** Counts requests as they are sent, which is when their time-outs begin. */
const countSent = <Input extends object, Output extends object>(
  stack: Pick<MiddlewareStack<Input, Output>, 'add'>,
): (() => number) => {
  let sent = 0;
  stack.add(
    (next) => (args) => {
      sent += 1;
      return next(args);
    },
    { step: 'deserialize', name: 'countSent', priority: 'low' },
  );
  return () => sent;
};

describe.each(Object.entries(clients))('a client of %s', (_, create) => {
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  it.each([
    ['answered', 200],
    ['refused', 400],
  ])('sends no more requests at once than it has connections, and the others as these are %s', async (_, status) => {
    const server = await startServer();
    vi.stubEnv('AWS_ENDPOINT_URL', server.url);
    vi.stubEnv('AWS_REGION', 'eu-central-1');
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKID');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
    const { client, send } = create();
    onTestFinished(() => client.destroy());
    const sent = countSent(client.middlewareStack as Pick<MiddlewareStack<object, object>, 'add'>);
    const requests = Array.from({ length: maxInFlight + 20 }, (): Promise<unknown> => send());
    const settled = Promise.allSettled(requests);
    await vi.waitFor(() => expect(server.held).toHaveLength(maxInFlight), { timeout: 20_000 });
    expect(sent()).toBe(maxInFlight);
    // Each place that comes free lets one in. A connection that breaks off gives its place back, and its request comes again.
    for (const [index, given] of [status, status, undefined].entries()) {
      server.answerOne(given);
      await vi.waitFor(() => expect(sent()).toBe(maxInFlight + index + 1), { timeout: 20_000 });
      await vi.waitFor(() => expect(server.held).toHaveLength(maxInFlight), { timeout: 20_000 });
    }
    server.answerWith(status);
    const states = (await settled).map((each) => each.status);
    expect(new Set(states)).toEqual(new Set([status === 200 ? 'fulfilled' : 'rejected']));
    expect(sent()).toBe(requests.length + 1);
  });
});
