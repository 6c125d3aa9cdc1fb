import type { HttpRequest } from '@smithy/core/protocols';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { connectDynamoDb, type DynamoDbSettings } from '#shared/aws/dynamodb/client.ts';

describe('the address of DynamoDB', () => {
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  const find = async (settings: Partial<DynamoDbSettings>): Promise<string> => {
    const requests: HttpRequest[] = [];
    const client = connectDynamoDb({
      credentials: { accessKeyId: 'AKID', secretAccessKey: 'secret' },
      ...settings,
      requestHandler: {
        handle: async (request) => {
          requests.push(request);
          return { response: { statusCode: 200, headers: {}, body: Buffer.from('{}') } };
        },
      },
    });
    await client.send('GetItem', { TableName: 'jobs', Key: { pk: { S: 'a' } } });
    const [{ protocol, headers, hostname, port } = {} as HttpRequest] = requests;
    expect(headers['host']).toBe(port === undefined ? hostname : `${hostname}:${port}`);
    return `${protocol}//${headers['host']}`;
  };

  it.each([
    ['eu-central-1', 'https://dynamodb.eu-central-1.amazonaws.com'],
    ['us-gov-west-1', 'https://dynamodb.us-gov-west-1.amazonaws.com'],
    ['cn-north-1', 'https://dynamodb.cn-north-1.amazonaws.com.cn'],
  ])('is that of the region %s', async (region, address) => {
    expect(await find({ region })).toBe(address);
    vi.stubEnv('AWS_REGION', region);
    expect(await find({})).toBe(address);
  });

  it('is that of the environment where it names one', async () => {
    vi.stubEnv('AWS_REGION', 'eu-central-1');
    vi.stubEnv('AWS_ENDPOINT_URL', 'http://all.test:1234');
    expect(await find({})).toBe('http://all.test:1234');
    vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', 'http://dynamodb.test');
    expect(await find({})).toBe('http://dynamodb.test');
    expect(await find({ endpoint: 'https://other.test' })).toBe('https://other.test');
  });
});
