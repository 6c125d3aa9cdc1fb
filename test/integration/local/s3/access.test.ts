import {
  GetBucketLocationCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type S3Server, startS3 } from '#local/s3/start-s3.ts';
import { s3ClientOf } from './s3-client.ts';

const Bucket = 'stage-outputs';
const Key = 'outputs/2026/01/02/a b/1.png';
let server: S3Server;
let client: S3Client;

beforeAll(async () => {
  server = await startS3({ bucket: Bucket });
  client = s3ClientOf(server.url);
  await client.send(new PutObjectCommand({ Bucket, Key, Body: 'picture', ContentType: 'image/png' }));
});

afterAll(async () => {
  client?.destroy();
  await server?.close();
});

const answerTo = async (url: string, init?: RequestInit) => {
  const response = await fetch(url, init);
  return { status: response.status, type: response.headers.get('content-type'), text: await response.text() };
};

const refusal = (status: number, code: string) => ({
  status,
  type: expect.stringContaining('application/xml'),
  text: expect.stringContaining(`<Code>${code}</Code>`),
});

describe('a presigned URL', () => {
  it('serves the object, whole or in part, without credentials', async () => {
    const url = await getSignedUrl(client, new GetObjectCommand({ Bucket, Key }));

    expect(await answerTo(url)).toEqual({ status: 200, type: 'image/png', text: 'picture' });
    expect(await answerTo(url, { headers: { range: 'bytes=0-2' } })).toMatchObject({ status: 206, text: 'pic' });
  });

  it('stores an object', async () => {
    const command = new PutObjectCommand({ Bucket, Key: 'upload' });
    const unchecked = s3ClientOf(server.url, { requestChecksumCalculation: 'WHEN_REQUIRED' });
    const url = await getSignedUrl(unchecked, command);
    unchecked.destroy();
    // By default the SDK signs the checksum of an empty body into the URL.
    const ofNothing = await getSignedUrl(client, command);

    expect(await answerTo(ofNothing, { method: 'PUT', body: 'sent' })).toEqual(refusal(400, 'BadDigest'));
    expect(await answerTo(url, { method: 'PUT', body: 'sent' })).toMatchObject({ status: 200 });
    const { Body } = await client.send(new GetObjectCommand({ Bucket, Key: 'upload' }));
    expect(await Body?.transformToString()).toBe('sent');
  });

  it('serves the beginning of an object that plays a larger one', async () => {
    const large = { Bucket, Key: 'large', Body: 'a beginning', Metadata: { 'played-bytes': String(5 * 1024 ** 3) } };
    await client.send(new PutObjectCommand(large));
    const { ContentRange } = await client.send(new GetObjectCommand({ Bucket, Key: 'large', Range: 'bytes=0-4' }));
    expect(ContentRange).toBe('bytes 0-4/5368709120');
    expect(await client.send(new HeadObjectCommand({ Bucket, Key: 'large' }))).toMatchObject({
      ContentLength: 5 * 1024 ** 3,
    });
  });

  it('is refused when it has expired or was tampered with', async () => {
    const expired = await getSignedUrl(client, new GetObjectCommand({ Bucket, Key }), {
      expiresIn: 60,
      signingDate: new Date(Date.now() - 61_000),
    });
    const tampered = (await getSignedUrl(client, new GetObjectCommand({ Bucket, Key }))).replace('1.png', '2.png');
    const foreign = await getSignedUrl(
      s3ClientOf(server.url, { accessKeyId: 'foreign' }),
      new GetObjectCommand({ Bucket, Key }),
    );

    expect(await answerTo(expired)).toEqual(refusal(403, 'AccessDenied'));
    expect(await answerTo(tampered)).toEqual(refusal(403, 'SignatureDoesNotMatch'));
    expect(await answerTo(foreign)).toEqual(refusal(403, 'InvalidAccessKeyId'));
  });
});

describe('an unsigned request', () => {
  it.each([
    ['GET', `/${Bucket}/${encodeURI(Key)}`],
    ['GET', `/${Bucket}?list-type=2`],
    ['GET', '/'],
    ['PUT', `/${Bucket}/new`],
    ['DELETE', `/${Bucket}/${encodeURI(Key)}`],
    ['POST', '/'],
  ])('%s %s is refused', async (method, path) => {
    expect(await answerTo(server.url + path, { method })).toEqual(refusal(403, 'AccessDenied'));
    await expect(client.send(new HeadObjectCommand({ Bucket, Key }))).resolves.toMatchObject({ ContentLength: 7 });
  });
});

describe('a request that this server does not understand', () => {
  const authorization =
    'AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=00';

  it.each([
    ['GET', '/%ZZ', 400, 'InvalidURI'],
    ['GET', `/${Bucket}?uploads`, 501, 'NotImplemented'],
    ['GET', `/${Bucket}/key?uploadId=1`, 501, 'NotImplemented'],
    ['POST', `/${Bucket}/key`, 501, 'NotImplemented'],
    ['POST', `/${Bucket}`, 501, 'NotImplemented'],
    ['POST', '/', 405, 'MethodNotAllowed'],
    ['GET', '/_fauxqs/queues', 405, 'MethodNotAllowed'],
    ['PATCH', `/${Bucket}/key`, 405, 'MethodNotAllowed'],
    ['PUT', '/UPPER', 400, 'InvalidBucketName'],
  ])('%s %s is refused as S3 would', async (method, path, status, code) => {
    const headers = { authorization };

    expect(await answerTo(server.url + path, { method, headers })).toEqual(refusal(status, code));
  });

  it('never takes a subresource for the object', async () => {
    const Tagging = { TagSet: [{ Key: 'a', Value: 'b' }] };

    await expect(client.send(new PutObjectTaggingCommand({ Bucket, Key, Tagging }))).rejects.toMatchObject({
      name: 'NotImplemented',
    });
    await expect(client.send(new HeadObjectCommand({ Bucket, Key }))).resolves.toMatchObject({ ContentLength: 7 });
  });
});

it('tells that the bucket is in us-east-1 and not versioned', async () => {
  const location = await client.send(new GetBucketLocationCommand({ Bucket }));
  const versioning = await client.send(new GetBucketVersioningCommand({ Bucket }));

  expect(location.LocationConstraint).toBeFalsy();
  expect(versioning.Status).toBeUndefined();
});
