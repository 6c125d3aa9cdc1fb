import { describe, expect, it } from 'vitest';
import { createAuthorizer } from '#local/iam/authorizer.ts';
import { listDynamoDbAccesses, tableArn } from '#local/iam/dynamodb-accesses.ts';
import { s3Arn } from '#local/iam/s3-accesses.ts';
import type { Access } from '#local/iam/statements.ts';
import { createIdentities, partitionKeys } from '#local/stack-identities.ts';
import { stackNames, stackSettings } from '#local/stack-settings.ts';
import { type FunctionName, functionNames } from '#shared/deployment/names.ts';

const { functions, directory } = createIdentities(stackSettings({}), false);
const authorizer = createAuthorizer(directory);

const mayDo = (name: FunctionName, ...accesses: Access[]): boolean =>
  authorizer.findDenial(functions[name].accessKeyId, accesses) === undefined;

/** The functions that may do something. */
const allowed = (...accesses: Access[]): FunctionName[] => functionNames.filter((name) => mayDo(name, ...accesses));

const object = (action: string, key: string): Access => ({ action, resource: s3Arn(stackNames.bucket, key) });
const item = (operation: string, table: string, pk: string, more: object = {}): Access[] =>
  listDynamoDbAccesses(operation, { TableName: table, Key: { pk: { S: pk } }, ...more }, partitionKeys);
const secret = (action: string, name: string): Access => ({
  action: `secretsmanager:${action}`,
  resource: `arn:aws:secretsmanager:us-east-1:000000000000:secret:${name}-AbCdEf`,
});

const output = 'outputs/2026/01/01/0199a0e4-7c1f-7000-8000-000000000000/0.png';

describe('what few functions may do', () => {
  it.each<[string, Access[], FunctionName[]]>([
    [
      'read the access token',
      [secret('GetSecretValue', stackNames.accessTokenSecret)],
      ['generate', 'passthrough', 'token-refresh'],
    ],
    ['write the access token', [secret('PutSecretValue', stackNames.accessTokenSecret)], ['token-refresh']],
    [
      'read the client secret',
      [secret('GetSecretValue', stackNames.clientCredentialsSecret)],
      ['token-refresh', 'secret-rotation'],
    ],
    ['write the client secret', [secret('PutSecretValue', stackNames.clientCredentialsSecret)], ['secret-rotation']],
    [
      'read the key of tokens',
      [secret('GetSecretValue', stackNames.signingKeySecret)],
      ['caller-token', 'signing-key'],
    ],
    ['read a secret whose name only begins so', [secret('GetSecretValue', `${stackNames.accessTokenSecret}-old`)], []],
    ['write an output', [object('s3:PutObject', output)], ['generate']],
    ['write a description', [object('s3:PutObject', output.replace('0.png', 'job.json'))], ['generate', 'thumbnail']],
    ['delete an output without its version', [object('s3:DeleteObject', output)], []],
    ['erase an output', [object('s3:DeleteObjectVersion', output)], ['api', 'inbox']],
    ['erase what operators wrote', [object('s3:DeleteObjectVersion', 'policies/a.txt')], []],
    ['write what operators write', [object('s3:PutObject', 'policies/a.txt')], []],
    ['read what services wrote', [object('s3:GetObject', 'incoming/a/1/0')], ['generate']],
    ['list the bucket', [{ action: 's3:ListBucket', resource: s3Arn(stackNames.bucket) }], []],
    ['read an object of another bucket', [{ action: 's3:GetObject', resource: s3Arn('another', 'a') }], []],
    ['read the secret of a webhook', item('GetItem', stackNames.webhookTable, 'caller#a'), ['api', 'notify']],
    ['read a caller', item('GetItem', stackNames.callerTable, 'callers'), ['api', 'caller-token', 'authorize']],
    [
      'change a caller',
      item('PutItem', stackNames.callerTable, 'callers', { Key: undefined, Item: { pk: { S: 'callers' } } }),
      ['api'],
    ],
    [
      'write a key that tokens are verified with',
      item('UpdateItem', stackNames.callerTable, 'verification-keys'),
      ['signing-key'],
    ],
    ['forget failed attempts', item('DeleteItem', stackNames.callerTable, 'failed-attempts'), ['caller-token']],
    ['change the audit trail', item('UpdateItem', stackNames.auditTable, 'day#2026-01-01'), []],
    ['remove from the audit trail', item('DeleteItem', stackNames.auditTable, 'day#2026-01-01'), []],
    [
      'read the state of the rotation',
      item('GetItem', stackNames.rotationTable, 'client-credentials'),
      ['secret-rotation'],
    ],
    ['remove a job', item('DeleteItem', stackNames.table, 'job#1'), ['api', 'inbox']],
    ['scan the jobs', item('Scan', stackNames.table, 'x', { Key: undefined }), []],
    [
      'read a status that is another function’s',
      item('GetItem', stackNames.table, 'status#dispatch'),
      ['api', 'dispatch', 'generate', 'inbox', 'thumbnail'],
    ],
  ])('%s', (_, accesses, expected) => {
    expect(allowed(...accesses)).toEqual(expected);
  });
});

describe('a condition on partitions', () => {
  it('holds for each item of a batch, so that one foreign item refuses all', () => {
    const keys = (...partitions: string[]) => ({
      RequestItems: { [stackNames.callerTable]: { Keys: partitions.map((pk) => ({ pk: { S: pk } })) } },
    });
    const [access] = listDynamoDbAccesses('BatchGetItem', keys('callers', 'verification-keys'), partitionKeys);
    expect(access?.context?.['dynamodb:leadingkeys']).toEqual(['callers', 'verification-keys']);
  });

  it('reads the partition of a query by whatever names the query has', () => {
    const query = (pk: string) =>
      listDynamoDbAccesses(
        'Query',
        {
          TableName: stackNames.callerTable,
          KeyConditionExpression: '#p = :p AND begins_with(sk, :s)',
          ExpressionAttributeNames: { '#p': 'pk' },
          ExpressionAttributeValues: { ':p': { S: pk }, ':s': { S: 'a' } },
        },
        partitionKeys,
      );
    expect(mayDo('authorize', ...query('verification-keys'))).toBe(true);
    expect(mayDo('authorize', ...query('callers'))).toBe(false);
  });
});

describe('inbox and webhooks', () => {
  const query = (more: object) =>
    listDynamoDbAccesses(
      'Query',
      {
        TableName: stackNames.webhookTable,
        KeyConditionExpression: '#pk = :v0',
        ExpressionAttributeNames: { '#pk': 'pk', '#sk': 'sk', '#webhookId': 'webhookId', '#secrets': 'secrets' },
        ExpressionAttributeValues: { ':v0': { S: 'caller#a' } },
        ...more,
      },
      partitionKeys,
    );

  it('reads keys, and no secret: neither by name, nor by leaving the names out', () => {
    expect(mayDo('inbox', ...query({ ProjectionExpression: '#pk, #sk, #webhookId' }))).toBe(true);
    expect(mayDo('inbox', ...query({ ProjectionExpression: '#pk, #secrets' }))).toBe(false);
    expect(mayDo('inbox', ...query({ ProjectionExpression: '#pk', FilterExpression: '#secrets.#pk = :v0' }))).toBe(
      false,
    );
    expect(mayDo('inbox', ...query({}))).toBe(false);
    expect(mayDo('inbox', ...query({ Select: 'ALL_ATTRIBUTES' }))).toBe(false);
  });

  it('removes by keys, and writes nothing', () => {
    const write = (request: object) =>
      listDynamoDbAccesses('BatchWriteItem', { RequestItems: { [stackNames.webhookTable]: [request] } }, partitionKeys);
    const key = { pk: { S: 'caller#a' }, sk: { S: 'webhook#1' } };
    expect(mayDo('inbox', ...write({ DeleteRequest: { Key: key } }))).toBe(true);
    expect(mayDo('inbox', ...write({ PutRequest: { Item: { ...key, url: { S: 'https://a.test' } } } }))).toBe(false);
  });
});

describe('the event bus', () => {
  const put = (source: string, detailType: string): Access => ({
    action: 'events:PutEvents',
    resource: `arn:aws:events:us-east-1:000000000000:event-bus/${stackNames.eventBus}`,
    context: { 'events:source': source, 'events:detail-type': detailType },
  });

  it('takes ends from the functions that end, inspections from thumbnail, and nothing else from anybody', () => {
    expect(allowed(put('firefly-gateway', 'Job Ended'))).toEqual(['api', 'dispatch', 'generate', 'inbox']);
    expect(allowed(put('firefly-gateway', 'Output Inspected'))).toEqual(['thumbnail']);
    expect(allowed(put('another', 'Job Ended'))).toEqual([]);
    const [operator] = directory.identities;
    expect(authorizer.findDenial(operator?.accessKeyId, [put('firefly-gateway', 'Job Ended')])).toContain(
      'explicit deny in a resource-based policy',
    );
  });
});

describe('settings', () => {
  const invoke: Access = {
    action: 'lambda:InvokeFunction',
    resource: `arn:aws:lambda:us-east-1:000000000000:function:${stackNames.functions.thumbnail}`,
  };
  const readInput: Access = { action: 's3:GetObject', resource: s3Arn('campaigns', 'a.png') };

  it('decide what there is to be allowed', () => {
    const changed = createIdentities(stackSettings({ thumbnails: false, inputBuckets: ['campaigns'] }), false);
    const decide = createAuthorizer(changed.directory);
    const { accessKeyId } = changed.functions.api;
    expect(decide.findDenial(accessKeyId, [invoke])).toBeDefined();
    expect(decide.findDenial(accessKeyId, [readInput])).toBeUndefined();
    expect(mayDo('api', invoke)).toBe(true);
    expect(mayDo('api', readInput)).toBe(false);
  });

  it('give every stack keys of its own', () => {
    const again = createIdentities(stackSettings({}), false);
    const keys = [functions, again.functions].flatMap((all) =>
      Object.values(all).map(({ accessKeyId }) => accessKeyId),
    );
    expect(new Set(keys).size).toBe(2 * functionNames.length);
    expect(tableArn(stackNames.table)).toBe('arn:aws:dynamodb:us-east-1:000000000000:table/firefly-gateway-local-jobs');
  });
});
