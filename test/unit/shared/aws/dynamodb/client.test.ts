import type { HttpRequest } from '@smithy/core/protocols';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  connectDynamoDb,
  type DynamoDb,
  type DynamoDbSettings,
  defaultRequestTimeout,
} from '#shared/aws/dynamodb/client.ts';
import { getTimeouts } from '#shared/deployment/timeouts.ts';

describe('the address of DynamoDB', () => {
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  const connect = (settings: Partial<DynamoDbSettings>) => {
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
    return { client, requests };
  };
  const get = (client: DynamoDb) => client.send('GetItem', { TableName: 'jobs', Key: { pk: { S: 'a' } } });
  const find = async (settings: Partial<DynamoDbSettings>): Promise<string> => {
    const { client, requests } = connect(settings);
    await get(client);
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
    vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', '');
    expect(await find({})).toBe('http://all.test:1234');
    vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', 'http://dynamodb.test');
    expect(await find({})).toBe('http://dynamodb.test');
    expect(await find({ endpoint: 'https://other.test' })).toBe('https://other.test');
  });

  it('is that of the region where the environment names an empty one', async () => {
    vi.stubEnv('AWS_ENDPOINT_URL', '');
    vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', '');
    expect(await find({ region: 'eu-central-1' })).toBe('https://dynamodb.eu-central-1.amazonaws.com');
  });

  it('is looked for again once its region could not be read', async () => {
    const region = vi.fn(async () => 'eu-central-1').mockRejectedValueOnce(new Error('No region.'));
    const { client, requests } = connect({ region });
    await expect(get(client)).rejects.toThrow('No region.');
    await get(client);
    expect(requests[0]?.hostname).toBe('dynamodb.eu-central-1.amazonaws.com');
  });
});

describe('a request without an answer', () => {
  it('leaves every function the time for a second attempt', () => {
    for (const { timeoutSeconds } of Object.values(getTimeouts({ propagationSeconds: 0 }))) {
      expect(2 * defaultRequestTimeout).toBeLessThanOrEqual(timeoutSeconds * 1000);
    }
  });
});
