import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  CopyObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { CreateSecretCommand, GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { createPresignedPost } from '@aws-sdk/s3-presigned-post';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createJobTable } from '#local/create-tables.ts';
import { startDynamoDb } from '#local/dynamodb.ts';
import { startEventBridge } from '#local/eventbridge.ts';
import { createAuthorizer, type IamDirectory } from '#local/iam/authorizer.ts';
import { tableArn } from '#local/iam/dynamodb-accesses.ts';
import { s3Arn } from '#local/iam/s3-accesses.ts';
import { startLambda } from '#local/lambda/start-lambda.ts';
import { type S3Server, startS3 } from '#local/s3/start-s3.ts';
import { startSecretsManager } from '#local/secrets-manager/server.ts';

const Bucket = 'own';
const allow = (Action: string[], Resource: string) => ({ Effect: 'Allow', Action, Resource }) as const;
const identityOf = (name: string, statements: IamDirectory['identities'][number]['statements']) => ({
  name,
  arn: `arn:aws:iam::000000000000:role/${name}`,
  accessKeyId: name.toUpperCase(),
  secretAccessKey: 'secret',
  statements,
});
const operator = identityOf('operator', [allow(['*'], '*')]);
const reader = identityOf('reader', [
  allow(['s3:GetObject', 's3:DeleteObjectVersion'], s3Arn(Bucket, 'open/*')),
  allow(['s3:PutObject'], s3Arn(Bucket, 'drop/*')),
]);
const lister = identityOf('lister', [
  allow(['s3:GetObject'], s3Arn(Bucket, '*')),
  allow(['s3:ListBucket'], s3Arn(Bucket)),
]);
const directory: IamDirectory = { identities: [operator, reader, lister], resourcePolicies: {}, isRecorded: false };
const authorizer = createAuthorizer(directory);

const connect = ({ accessKeyId, secretAccessKey }: typeof reader, endpoint: string) => ({
  endpoint,
  region: 'us-east-1',
  credentials: { accessKeyId, secretAccessKey },
});
const user = 'User: arn:aws:sts::000000000000:assumed-role/reader/reader is not authorized to perform: ';

describe('S3', () => {
  let server: S3Server;
  let clients: Record<'operator' | 'reader' | 'lister', S3Client>;
  beforeAll(async () => {
    const keys = Object.fromEntries(directory.identities.map(({ accessKeyId }) => [accessKeyId, 'secret']));
    server = await startS3({ bucket: Bucket, keys, directory });
    const clientOf = (identity: typeof reader) =>
      new S3Client({
        ...connect(identity, server.url),
        forcePathStyle: true,
        requestChecksumCalculation: 'WHEN_REQUIRED',
      });
    clients = { operator: clientOf(operator), reader: clientOf(reader), lister: clientOf(lister) };
    for (const Key of ['open/a', 'open/b', 'shut/a']) {
      await clients.operator.send(new PutObjectCommand({ Bucket, Key, Body: 'text' }));
    }
  });
  afterAll(async () => {
    for (const client of Object.values(clients ?? {})) client.destroy();
    await server?.close();
  });

  it('refuses what no statement allows, and says who, what and where', async () => {
    const denied = { name: 'AccessDenied', $metadata: { httpStatusCode: 403 } };
    const read = clients.reader.send(new GetObjectCommand({ Bucket, Key: 'shut/a' }));
    await expect(read).rejects.toMatchObject({ ...denied, message: expect.stringContaining(`${user}s3:GetObject`) });
    const write = clients.reader.send(new PutObjectCommand({ Bucket, Key: 'open/a', Body: '' }));
    await expect(write).rejects.toMatchObject(denied);
    await expect(clients.reader.send(new ListObjectsV2Command({ Bucket }))).rejects.toMatchObject(denied);
  });

  it('answers 403 for an object that is not there, unless the bucket may be listed', async () => {
    const missing = { Bucket, Key: 'open/none' };
    for (const command of [new GetObjectCommand(missing), new HeadObjectCommand(missing)]) {
      await expect(clients.reader.send(command)).rejects.toMatchObject({ $metadata: { httpStatusCode: 403 } });
      await expect(clients.lister.send(command)).rejects.toMatchObject({ $metadata: { httpStatusCode: 404 } });
    }
  });

  it('needs both ends of a copy, and the tags of an object beside it', async () => {
    const copy = (from: string, Key: string) =>
      clients.reader.send(new CopyObjectCommand({ Bucket, Key, CopySource: `${Bucket}/${from}` }));
    await copy('open/a', 'drop/a');
    await expect(copy('shut/a', 'drop/b')).rejects.toMatchObject({ name: 'AccessDenied' });
    await expect(copy('open/a', 'open/c')).rejects.toMatchObject({ name: 'AccessDenied' });
    const tagged = new PutObjectCommand({ Bucket, Key: 'drop/c', Body: '', Tagging: 'a=b' });
    await expect(clients.reader.send(tagged)).rejects.toMatchObject({
      message: expect.stringContaining('s3:PutObjectTagging'),
    });
  });

  it('deletes of a list what may be deleted, and names the rest', async () => {
    const Objects = ['open/b', 'shut/a'].map((Key) => ({ Key, VersionId: 'null' }));
    const { Errors } = await clients.reader.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
    expect(Errors).toMatchObject([{ Key: 'shut/a', Code: 'AccessDenied' }]);
    await clients.operator.send(new HeadObjectCommand({ Bucket, Key: 'shut/a' }));
    const gone = clients.operator.send(new HeadObjectCommand({ Bucket, Key: 'open/b' }));
    await expect(gone).rejects.toMatchObject({ $metadata: { httpStatusCode: 404 } });
  });

  it('takes a key of a list for what it is, whatever characters it has', async () => {
    const keys = ['open/<&>"\'.txt', 'open/a\nb', 'shut/<&>'];
    for (const Key of keys) await clients.operator.send(new PutObjectCommand({ Bucket, Key, Body: 'text' }));
    const Objects = keys.map((Key) => ({ Key, VersionId: 'null' }));
    const { Errors } = await clients.reader.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
    expect(Errors?.map(({ Key }) => Key)).toEqual(['shut/<&>']);
    const { Contents = [] } = await clients.operator.send(new ListObjectsV2Command({ Bucket }));
    const left = Contents.map(({ Key }) => Key ?? '');
    expect(left.filter((key) => keys.includes(key))).toEqual(['shut/<&>']);
  });

  it('lets URLs and forms do what their signer may, when they are used', async () => {
    const get = async (Key: string) =>
      (await fetch(await getSignedUrl(clients.reader, new GetObjectCommand({ Bucket, Key })))).status;
    expect([await get('open/a'), await get('shut/a')]).toEqual([200, 403]);
    const post = async (Key: string) => {
      const { url, fields } = await createPresignedPost(clients.reader, { Bucket, Key });
      const body = new FormData();
      for (const [name, value] of Object.entries(fields)) body.append(name, value);
      body.append('file', new Blob(['text']), 'text');
      return (await fetch(url, { method: 'POST', body })).status;
    };
    expect([await post('drop/d'), await post('open/d')]).toEqual([204, 403]);
  });
});

const stopped: (() => Promise<unknown>)[] = [];
afterAll(() => Promise.all(stopped.map((stop) => stop())));

it('DynamoDB refuses with AccessDeniedException, and serves what is allowed', async () => {
  const server = await startDynamoDb({ access: { authorizer, partitionKeys: { [tableArn('jobs')]: 'pk' } } });
  stopped.push(() => server.close());
  const asOperator = new DynamoDBClient(connect(operator, server.url));
  await createJobTable(asOperator, 'jobs');
  const get = new GetItemCommand({ TableName: 'jobs', Key: { pk: { S: 'a' }, sk: { S: 'b' } } });
  expect((await asOperator.send(get)).Item).toBeUndefined();
  const asReader = new DynamoDBClient(connect(reader, server.url));
  await expect(asReader.send(get)).rejects.toMatchObject({
    name: 'AccessDeniedException',
    message: `${user}dynamodb:GetItem on resource: ${tableArn('jobs')} because no identity-based policy allows the dynamodb:GetItem action`,
    $metadata: { httpStatusCode: 400 },
  });
  asOperator.destroy();
  asReader.destroy();
});

it('Secrets Manager refuses whether the secret is there or not', async () => {
  const server = await startSecretsManager({ authorizer });
  stopped.push(() => server.close());
  const asOperator = new SecretsManagerClient(connect(operator, server.url));
  const asReader = new SecretsManagerClient(connect(reader, server.url));
  const { ARN } = await asOperator.send(new CreateSecretCommand({ Name: 'a', SecretString: 'text' }));
  for (const SecretId of ['a', 'none']) {
    await expect(asReader.send(new GetSecretValueCommand({ SecretId }))).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining(`secretsmanager:GetSecretValue on resource: ${SecretId === 'a' ? ARN : 'none'}`),
    });
  }
  asOperator.destroy();
  asReader.destroy();
});

it('Lambda and EventBridge refuse, too', async () => {
  const [lambda, bus] = await Promise.all([
    startLambda({ authorizer }),
    startEventBridge({ onEvent: () => {}, authorizer }),
  ]);
  stopped.push(
    () => lambda.close(),
    () => bus.close(),
  );
  const lambdaClient = new LambdaClient(connect(reader, lambda.url));
  await expect(lambdaClient.send(new InvokeCommand({ FunctionName: 'api:live' }))).rejects.toMatchObject({
    name: 'AccessDeniedException',
    message: expect.stringContaining(
      'lambda:InvokeFunction on resource: arn:aws:lambda:us-east-1:000000000000:function:api:live',
    ),
    $metadata: { httpStatusCode: 403 },
  });
  const eventBridge = new EventBridgeClient(connect(reader, bus.url));
  const Entries = [{ Source: 'a', DetailType: 'b', Detail: '{}' }];
  await expect(eventBridge.send(new PutEventsCommand({ Entries }))).rejects.toMatchObject({
    name: 'AccessDeniedException',
    message: expect.stringContaining(
      'events:PutEvents on resource: arn:aws:events:us-east-1:000000000000:event-bus/default',
    ),
  });
  lambdaClient.destroy();
  eventBridge.destroy();
});
