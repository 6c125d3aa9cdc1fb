import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { fromAttributes, toAttributes } from '#shared/aws/dynamodb/attribute-values.ts';
import { connectDynamoDb, type DynamoDb, type DynamoDbSettings } from '#shared/aws/dynamodb/client.ts';
import { findSignatureFault, type SigningKey } from '#test/fixtures/verify-sigv4.ts';

/** What the server does with a request. */
type Answer = (response: ServerResponse) => void;

interface Received {
  request: IncomingMessage;
  body: string;
}

const answer =
  (status: number, body: unknown, headers: Record<string, string> = {}): Answer =>
  (response) => {
    response.writeHead(status, { 'x-amzn-requestid': 'id-1', ...headers });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  };
const refuse = (status: number, name: string, members: object = {}): Answer =>
  answer(status, { __type: `com.amazonaws.dynamodb.v20120810#${name}`, message: 'It does not work.', ...members });

/** A server over HTTP that answers one request after the other; the last answer is given to all that follow. */
const startServer = async (...answers: Answer[]) => {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const number = received.push({ request, body: Buffer.concat(chunks).toString() });
    (answers[number - 1] ?? answers.at(-1))?.(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received };
};

const key: SigningKey = { accessKeyId: 'AKID', secretAccessKey: 'secret', sessionToken: 'session' };
const connect = (endpoint: string, settings: Partial<DynamoDbSettings> = {}): DynamoDb => {
  const client = connectDynamoDb({ region: 'eu-central-1', credentials: key, endpoint, ...settings });
  onTestFinished(() => client.destroy());
  return client;
};
const get = (client: DynamoDb) => client.send('GetItem', { TableName: 'jobs', Key: toAttributes({ pk: 'a' }) });
const item = { pk: 'a', size: 1.5, none: null, list: [], text: 'Grüße 🎈' };
const found = answer(200, { Item: toAttributes(item) });

beforeEach(() => {
  // Nothing is waited for between attempts.
  vi.spyOn(Math, 'random').mockReturnValue(0);
});
afterEach(() => {
  vi.restoreAllMocks();
});

describe('a request', () => {
  it('is signed and sent in the JSON of DynamoDB, on one connection after the other', async () => {
    const { url, received } = await startServer(found);
    const client = connect(url);
    for (let count = 0; count < 3; count += 1) {
      expect(fromAttributes((await get(client)).Item ?? {})).toEqual(item);
    }
    for (const { request, body } of received) {
      expect([request.method, request.url]).toEqual(['POST', '/']);
      expect(request.headers).toMatchObject({
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': 'DynamoDB_20120810.GetItem',
      });
      expect(JSON.parse(body)).toEqual({ TableName: 'jobs', Key: { pk: { S: 'a' } } });
      const signed = { key, region: 'eu-central-1', service: 'dynamodb' };
      expect(findSignatureFault(request, Buffer.from(body), signed)).toBeUndefined();
    }
    expect(new Set(received.map(({ request }) => request.socket)).size).toBe(1);
  });

  it('takes items as large as they may be, there and back', async () => {
    const large = { pk: 'a', request: 'ü🎈"\\\n'.repeat(40_000) };
    const { url, received } = await startServer(answer(200, { Attributes: toAttributes(large) }));
    const client = connect(url);
    const update = { TableName: 'jobs', Key: toAttributes({ pk: 'a' }), UpdateExpression: 'SET #a = :a' };
    const { Attributes = {} } = await client.send('UpdateItem', {
      ...update,
      ExpressionAttributeValues: toAttributes({ ':a': large }),
    });
    expect(fromAttributes(Attributes)).toEqual(large);
    expect(fromAttributes(JSON.parse(received[0]?.body ?? '').ExpressionAttributeValues)).toEqual({ ':a': large });
  });

  it('is signed with the credentials of its time', async () => {
    const { url, received } = await startServer(found);
    let count = 0;
    const client = connect(url, {
      credentials: async () => {
        count += 1;
        return { accessKeyId: `AKID${count}`, secretAccessKey: 'secret' };
      },
    });
    await get(client);
    await get(client);
    expect(received.map(({ request }) => /Credential=(\w+)/.exec(String(request.headers.authorization))?.[1])).toEqual([
      'AKID1',
      'AKID2',
    ]);
  });
});

describe('a failure that may pass', () => {
  const silent: Answer = () => {};
  it.each<[string, Answer]>([
    ['no capacity', refuse(400, 'ProvisionedThroughputExceededException')],
    ['throttling', refuse(400, 'ThrottlingException')],
    ['too many requests', refuse(400, 'RequestLimitExceeded')],
    ['an error of the service', refuse(500, 'InternalServerError')],
    ['another transaction', refuse(400, 'TransactionInProgressException')],
    ['something between that answers 503', answer(503, '<html>busy</html>')],
    ['a connection that ends without an answer', (response) => response.destroy()],
    [
      'an answer that breaks off',
      (response) => {
        response.writeHead(200, { 'content-length': '1000' });
        response.write('{"Item":', () => response.destroy());
      },
    ],
    ['no answer in time', silent],
    [
      'an answer that stops halfway',
      (response) => {
        response.writeHead(200, { 'content-length': '1000' });
        response.write('{"Item":');
      },
    ],
  ])('is tried again: %s', async (_, failure) => {
    const { url, received } = await startServer(failure, failure, found);
    const client = connect(url, { requestTimeout: 100 });
    expect(fromAttributes((await get(client)).Item ?? {})).toEqual(item);
    expect(received).toHaveLength(3);
    expect(new Set(received.map(({ body }) => body)).size).toBe(1);
  });

  it('is tried four times, and then told by its name', async () => {
    const { url, received } = await startServer(refuse(400, 'ProvisionedThroughputExceededException'));
    await expect(get(connect(url))).rejects.toMatchObject({
      name: 'ProvisionedThroughputExceededException',
      message: 'It does not work.',
      $metadata: { httpStatusCode: 400, requestId: 'id-1', attempts: 4 },
    });
    expect(received).toHaveLength(4);
  });

  it('of a server that is not there is told as one of the network', async () => {
    const { url } = await startServer(found);
    const unused = url.replace(/\d+$/, '9');
    await expect(get(connect(unused))).rejects.toMatchObject({ code: 'ECONNREFUSED', $metadata: { attempts: 4 } });
  });

  it('of very many requests at once uses up the retries: what follows is answered all the same, and earns them back', async () => {
    let failures = Number.POSITIVE_INFINITY;
    const { url, received } = await startServer((response) => {
      failures -= 1;
      return failures < 0 ? found(response) : response.destroy();
    });
    const client = connect(url);
    const burst = await Promise.allSettled(Array.from({ length: 60 }, () => get(client)));
    expect(new Set(burst.map(({ status }) => status))).toEqual(new Set(['rejected']));
    // Four times as many, had there been retries for each.
    expect(received.length).toBeLessThan(120);
    failures = 0;
    const sent = received.length;
    // A retry costs what 14 answers earn.
    for (let count = 0; count < 14; count += 1) await get(client);
    expect(received).toHaveLength(sent + 14);
    failures = 1;
    expect(fromAttributes((await get(client)).Item ?? {})).toEqual(item);
    expect(received).toHaveLength(sent + 16);
  });

  it('of the answer alone may have been done: the second attempt of a conditional write finds the first one', async () => {
    let isWritten = false;
    const write: Answer = (response) => {
      if (isWritten) return refuse(400, 'ConditionalCheckFailedException')(response);
      isWritten = true;
      response.destroy();
    };
    const { url, received } = await startServer(write);
    const put = connect(url).send('PutItem', {
      TableName: 'jobs',
      Item: toAttributes(item),
      ConditionExpression: 'attribute_not_exists(pk)',
    });
    await expect(put).rejects.toMatchObject({ name: 'ConditionalCheckFailedException' });
    expect(received).toHaveLength(2);
  });
});

describe('a refusal', () => {
  it.each([
    'ConditionalCheckFailedException',
    'ValidationException',
    'AccessDeniedException',
    'ResourceNotFoundException',
    'UnrecognizedClientException',
  ])('is told at once by its name: %s', async (name) => {
    const { url, received } = await startServer(refuse(400, name));
    await expect(get(connect(url))).rejects.toMatchObject({ name, $fault: 'client', message: 'It does not work.' });
    expect(received).toHaveLength(1);
  });

  it('of a transaction has its reasons', async () => {
    const reasons = { CancellationReasons: [{ Code: 'None' }, { Code: 'ConditionalCheckFailed' }] };
    const { url } = await startServer(refuse(400, 'TransactionCanceledException', reasons));
    await expect(get(connect(url))).rejects.toMatchObject({ name: 'TransactionCanceledException', ...reasons });
  });

  it('is an error whatever it looks like', async () => {
    const { url } = await startServer(answer(404, 'null'), answer(413, 'too large', { 'x-amzn-errortype': 'Large:' }));
    const client = connect(url);
    await expect(get(client)).rejects.toMatchObject({ name: 'Unknown', message: 'DynamoDB answered with 404.' });
    await expect(get(client)).rejects.toMatchObject({ name: 'Large', $metadata: { httpStatusCode: 413 } });
  });

  it('leaves what it was about out of the error: its answer, and an answer that is no JSON', async () => {
    const { url } = await startServer(answer(200, 'a prompt'), refuse(400, 'ValidationException'));
    const client = connect(url);
    const unreadable = await get(client).catch((error: unknown) => error);
    expect(unreadable).toMatchObject({ name: 'UnreadableAnswer' });
    expect(String((unreadable as Error).stack)).not.toContain('a prompt');
    const refused = await get(client).catch((error: unknown) => error);
    expect(Object.keys(refused as object)).not.toContain('$response');
  });
});
