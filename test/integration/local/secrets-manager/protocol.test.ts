import { randomUUID } from 'node:crypto';
import { CreateSecretCommand, GetSecretValueCommand, PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type SecretsManagerServer, startSecretsManager } from '#local/secrets-manager/server.ts';
import { clientOf } from './session.ts';

let server: SecretsManagerServer;

beforeAll(async () => {
  server = await startSecretsManager();
});

afterAll(() => server.close());

const signature =
  'AWS4-HMAC-SHA256 Credential=any/20260101/us-east-1/secretsmanager/aws4_request, SignedHeaders=host, Signature=0';

const post = async (target: string, body: string, headers: Record<string, string> = { authorization: signature }) => {
  const response = await fetch(server.url, {
    method: 'POST',
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target, ...headers },
    body,
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
};

describe('a request that is no good', () => {
  it.each([
    ['no JSON', 'secretsmanager.DescribeSecret', '{', 'SerializationException'],
    ['no object', 'secretsmanager.DescribeSecret', '[]', 'InvalidParameterException'],
    ['a missing member', 'secretsmanager.DescribeSecret', '{}', 'InvalidParameterException'],
    ['a member of the wrong type', 'secretsmanager.DescribeSecret', '{"SecretId":1}', 'InvalidParameterException'],
    ['an unknown operation', 'secretsmanager.Explode', '{}', 'UnknownOperationException'],
    ['an inherited property as operation', 'secretsmanager.constructor', '{}', 'UnknownOperationException'],
    ['another service', 'dynamodb.DescribeSecret', '{}', 'UnknownOperationException'],
    ['a bad name', 'secretsmanager.CreateSecret', '{"Name":"a b"}', 'InvalidParameterException'],
    [
      'a short token',
      'secretsmanager.CreateSecret',
      '{"Name":"a","SecretString":"b","ClientRequestToken":"short"}',
      'InvalidParameterException',
    ],
    [
      'no token for a new version',
      'secretsmanager.CreateSecret',
      '{"Name":"a","SecretString":"b"}',
      'InvalidRequestException',
    ],
    [
      'a kind of value that it does not know',
      'secretsmanager.CreateSecret',
      '{"Name":"a","SecretString":"b","SecretBinary":"Yg=="}',
      'InvalidParameterException',
    ],
    [
      'a value over 65,536 bytes',
      'secretsmanager.CreateSecret',
      JSON.stringify({ Name: 'a', SecretString: 'ü'.repeat(32_769), ClientRequestToken: randomUUID() }),
      'InvalidParameterException',
    ],
  ])('with %3$s: %s', async (_, target, body, exception) => {
    expect(await post(target, body)).toMatchObject({ status: 400, body: { __type: exception } });
  });

  it('is refused without a signature', async () => {
    expect(await post('secretsmanager.DescribeSecret', '{}', {})).toMatchObject({
      status: 400,
      body: { __type: 'MissingAuthenticationTokenException' },
    });
  });

  it('never shows the value that it was refused for', async () => {
    const { body } = await post('secretsmanager.PutSecretValue', '{"SecretId":"","SecretString":"hush"}');

    expect(JSON.stringify(body)).not.toContain('hush');
  });
});

describe('deprecated versions', () => {
  it('are kept up to a hundred', async () => {
    const client = clientOf(server.url);
    await client.send(new CreateSecretCommand({ Name: 'many', SecretString: '0' }));
    const ids: string[] = [];
    for (let count = 1; count <= 105; count += 1) {
      const { VersionId = '' } = await client.send(
        new PutSecretValueCommand({ SecretId: 'many', SecretString: String(count) }),
      );
      ids.push(VersionId);
    }

    // The last two have labels; a hundred more are kept.
    const read = (VersionId = '') => client.send(new GetSecretValueCommand({ SecretId: 'many', VersionId }));
    expect((await read(ids[3])).SecretString).toBe('4');
    await expect(read(ids[2])).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    client.destroy();
  });
});

describe('close', () => {
  it('ends open connections and frees the port', async () => {
    const first = await startSecretsManager();
    const client = clientOf(first.url);
    await client.send(new CreateSecretCommand({ Name: 'kept' }));

    await first.close();
    await first.close();
    const second = await startSecretsManager({ port: Number(new URL(first.url).port) });

    expect(second.url).toBe(first.url);
    await second.close();
    client.destroy();
  });
});
