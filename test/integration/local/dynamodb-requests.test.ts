import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BesideDynalite, startBesideDynalite } from './beside-dynalite.ts';

let servers: BesideDynalite;
const send: BesideDynalite['send'] = (...request) => servers.send(...request);
const compare: BesideDynalite['compare'] = (...request) => servers.compare(...request);

const key = (name: string) => ({ pk: { S: name }, sk: { S: 'job' } });

beforeAll(async () => {
  servers = await startBesideDynalite();
  const item = { ...key('one'), queueState: { S: 'queued' }, queueOrder: { S: '1' }, tries: { N: '1' } };
  expect((await compare('PutItem', { TableName: 'jobs', Item: item })).status).toBe(200);
});

afterAll(() => servers.close());

describe('what comes in front of dynalite answers as dynalite does', () => {
  const update = { TableName: 'jobs', Key: key('one') };
  const values = { ':one': { N: '1' }, ':no': { S: 'no' } };
  it.each([
    ['GetItem', { TableName: 'jobs', Key: key('one') }, 200],
    ['GetItem', { TableName: 'jobs', Key: key('none') }, 200],
    ['GetItem', { TableName: 'jobs', Key: key('one'), ProjectionExpression: '#t', Unknown: 1 }, 400],
    ['GetItem', { TableName: 'jobs', Key: key('one'), ReturnConsumedCapacity: 'TOTAL' }, 200],
    ['GetItem', { TableName: 'jobs', Key: { pk: { S: 'one' } } }, 400],
    ['GetItem', { TableName: 'jobs', Key: { pk: { S: '' }, sk: { S: 'job' } } }, 400],
    ['GetItem', { TableName: 'jobs', Key: 'one' }, 400],
    ['GetItem', { TableName: 'jobs', Key: { pk: { S: 1 }, sk: { S: 'job' } } }, 400],
    ['GetItem', { TableName: 'others', Key: key('one') }, 400],
    ['GetItem', { Key: key('one') }, 400],
    ['GetItem', [], 400],
    ['PutItem', { TableName: 'jobs', Item: { ...key('big'), text: { S: 'x'.repeat(500_000) } } }, 400],
    ['PutItem', { TableName: 'jobs', Item: { ...key('bad'), count: { N: 'many' } } }, 400],
    ['PutItem', { TableName: 'jobs', Item: { ...key('bad'), queueState: { N: '1' } } }, 400],
    ['PutItem', { TableName: 'jobs', Item: { ...key('bad'), text: { S: 'a', N: '1' } } }, 400],
    ['PutItem', { TableName: 'jobs', Item: key('one'), ConditionExpression: 'attribute_not_exists(pk)' }, 400],
    ['UpdateItem', { ...update, UpdateExpression: 'SET tries = tries + :no', ExpressionAttributeValues: values }, 400],
    ['UpdateItem', { ...update, UpdateExpression: 'SET tries =' }, 400],
    ['DeleteItem', { TableName: 'jobs', Key: key('none'), ReturnValues: 'ALL_OLD' }, 200],
    ['Query', { TableName: 'jobs', KeyConditionExpression: 'pk = :pk' }, 400],
    [
      'Query',
      {
        TableName: 'jobs',
        IndexName: 'queue',
        KeyConditionExpression: 'queueState = :s',
        ExpressionAttributeValues: { ':s': { S: 'queued' } },
      },
      200,
    ],
    ['Query', { TableName: 'jobs', IndexName: 'none', KeyConditionExpression: 'pk = :pk' }, 400],
    ['Scan', { TableName: 'jobs', Limit: 1 }, 200],
    ['Scan', { TableName: 'jobs', Limit: 0 }, 400],
    ['BatchGetItem', { RequestItems: { jobs: { Keys: [key('one')] } } }, 200],
    ['BatchGetItem', { RequestItems: {} }, 400],
    ['BatchWriteItem', { RequestItems: { jobs: [{ DeleteRequest: { Key: { pk: { S: 'one' } } } }] } }, 400],
  ])('%s %j', async (operation, input, status) => {
    expect((await compare(operation, input)).status).toBe(status);
  });
});

it.each([
  ['what is no JSON', 'GetItem', '{', {}, 'SerializationException'],
  ['an operation that there is not', 'GetEverything', '{}', {}, 'UnknownOperationException'],
  ['no signature', 'GetItem', '{}', { authorization: '' }, 'MissingAuthenticationTokenException'],
  [
    'half a signature',
    'GetItem',
    '{}',
    { authorization: 'AWS4-HMAC-SHA256 Credential=a' },
    'IncompleteSignatureException',
  ],
])('refuses %s as ever', async (_name, operation, body, headers, code) => {
  const answer = await send(operation, body, headers);
  expect(answer.status).toBe(400);
  expect(answer.body).toMatchObject({ __type: `com.amazon.coral.service#${code}` });
});

it('knows a table that is made anew by its new keys', async () => {
  const define = (partitionKey: string) =>
    JSON.stringify({
      TableName: 'again',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: partitionKey, AttributeType: 'S' }],
      KeySchema: [{ AttributeName: partitionKey, KeyType: 'HASH' }],
    });
  const put = (name: string) => send('PutItem', JSON.stringify({ TableName: 'again', Item: { [name]: { S: 'x' } } }));
  const expectPut = async (name: string, status: number) => {
    while ((await put(name)).status !== status) await sleep(1);
  };
  await send('CreateTable', define('first'));
  await expectPut('first', 200);
  await send('DeleteTable', JSON.stringify({ TableName: 'again' }));
  await expectPut('first', 400);
  while ((await send('CreateTable', define('second'))).status !== 200) await sleep(1);
  await expectPut('second', 200);
  expect((await put('first')).status).toBe(400);
});
