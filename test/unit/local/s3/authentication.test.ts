import { GetObjectCommand, HeadObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { authenticate } from '#local/s3/authentication.ts';

const signedAt = new Date('2026-03-04T05:06:07Z');
const keys = { local: 'local', other: 'other secret/+=' };

const clientWith = (accessKeyId: string, secretAccessKey: string, sessionToken?: string) =>
  new S3Client({
    endpoint: 'http://127.0.0.1:9000',
    region: 'us-east-1',
    forcePathStyle: true,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) },
  });

const local = clientWith('local', 'local');

const presign = (client: S3Client, key: string, expiresIn = 3600) =>
  getSignedUrl(client, new GetObjectCommand({ Bucket: 'bucket', Key: key }), { expiresIn, signingDate: signedAt });

const check = (
  url: string,
  {
    method = 'GET',
    atMs = signedAt.getTime(),
    headers = {},
  }: { method?: string; atMs?: number; headers?: object } = {},
): string => {
  const { pathname, search, host } = new URL(url);
  try {
    authenticate({ method, url: pathname + search, headers: { host, ...headers } }, keys, atMs);
    return 'accepted';
  } catch (error) {
    return `${(error as { status: number }).status} ${(error as { code: string }).code}`;
  }
};

describe('a presigned URL', () => {
  it('is accepted until it expires', async () => {
    const url = await presign(local, 'outputs/1.png', 60);

    expect(check(url)).toBe('accepted');
    expect(check(url, { atMs: signedAt.getTime() + 60_000 })).toBe('accepted');
    expect(check(url, { atMs: signedAt.getTime() + 60_001 })).toBe('403 AccessDenied');
    expect(check(url, { atMs: signedAt.getTime() - 3_600_000 })).toBe('403 AccessDenied');
  });

  it('is accepted for any key and any known pair of keys', async () => {
    const client = clientWith('other', keys.other, 'session/token+=');
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }), async (key) => {
        const usable = !key.split('/').some((segment) => segment === '.' || segment === '..');
        fc.pre(usable && key.isWellFormed());
        expect(check(await presign(client, key))).toBe('accepted');
      }),
      { numRuns: 200 },
    );
  });

  it('is refused when anything in it is altered', async () => {
    const url = await presign(local, 'outputs/1.png');
    const start = url.indexOf('/bucket');
    fc.assert(
      fc.property(
        fc.integer({ min: start + 1, max: url.length - 1 }),
        fc.constantFrom('a', 'Z', '7'),
        (at, character) => {
          fc.pre(url[at]?.toLowerCase() !== character.toLowerCase());
          expect(check(url.slice(0, at) + character + url.slice(at + 1))).toMatch(/^40[03] /);
        },
      ),
      { numRuns: 500 },
    );
    expect(check(`${url}&response-content-type=text%2Fhtml`)).toBe('403 SignatureDoesNotMatch');
    expect(check(url.replace('X-Amz-Expires=3600', 'X-Amz-Expires=7200'))).toBe('403 SignatureDoesNotMatch');
  });

  it('is good for its own method only', async () => {
    const command = new HeadObjectCommand({ Bucket: 'bucket', Key: 'key' });
    const url = await getSignedUrl(local, command, { signingDate: signedAt });

    expect(check(url, { method: 'HEAD' })).toBe('accepted');
    expect(check(url, { method: 'DELETE' })).toBe('403 SignatureDoesNotMatch');
  });

  it('carries the headers that were signed, and no other of Amazon', async () => {
    const command = new PutObjectCommand({ Bucket: 'bucket', Key: 'key', ContentType: 'image/png' });
    const url = await getSignedUrl(local, command, {
      signingDate: signedAt,
      signableHeaders: new Set(['content-type']),
    });
    const put = (headers: object) => check(url, { method: 'PUT', headers });

    expect(put({ 'content-type': 'image/png' })).toBe('accepted');
    expect(put({ 'content-type': 'text/html' })).toBe('403 SignatureDoesNotMatch');
    expect(put({ 'content-type': 'image/png', 'x-amz-acl': 'public-read' })).toBe('403 AccessDenied');
  });

  it('is refused with an unknown access key, whatever its signature', async () => {
    expect(check(await presign(clientWith('stranger', 'local'), 'key'))).toBe('403 InvalidAccessKeyId');
    expect(check(await presign(clientWith('toString', 'local'), 'key'))).toBe('403 InvalidAccessKeyId');
    expect(check(await presign(clientWith('local', 'guess'), 'key'))).toBe('403 SignatureDoesNotMatch');
  });

  it.each([
    ['X-Amz-Algorithm', 'AWS4-HMAC-MD5'],
    ['X-Amz-Date', '2026-03-04'],
    ['X-Amz-Date', '20261340T996199Z'],
    ['X-Amz-Expires', '604801'],
    ['X-Amz-Expires', '-1'],
    ['X-Amz-Credential', 'local'],
    ['X-Amz-Credential', 'local/20260304/us-east-1/sqs/aws4_request'],
    ['X-Amz-Signature', ''],
    ['X-Amz-SignedHeaders', ''],
  ])('is malformed with %s=%s', async (name, value) => {
    const url = new URL(await presign(local, 'key'));
    url.searchParams.set(name, value);

    expect(check(url.href)).toBe('400 AuthorizationQueryParametersError');
    url.searchParams.delete(name);
    expect(check(url.href)).toMatch(/^40[03] /);
  });

  it('cannot be combined with a signed header', async () => {
    const headers = { authorization: 'AWS4-HMAC-SHA256 Credential=a/b/c/s3/aws4_request, Signature=0' };

    expect(check(await presign(local, 'key'), { headers })).toBe('400 InvalidArgument');
  });
});

describe('a request with headers', () => {
  const url = 'http://127.0.0.1:9000/bucket/key';
  const credential = 'Credential=anybody/20260304/us-east-1/s3/aws4_request';

  it('is accepted with a known key, whatever its signature', () => {
    const signedWith = (key: string) =>
      check(url, {
        headers: {
          authorization: `AWS4-HMAC-SHA256 ${credential.replace('anybody', key)}, SignedHeaders=host, Signature=00ff`,
        },
      });
    expect(signedWith('local')).toBe('accepted');
    for (const key of ['anybody', 'local2', 'toString']) expect(signedWith(key)).toBe('403 InvalidAccessKeyId');
  });

  it.each([
    ['Basic bG9jYWw6bG9jYWw=', '400 InvalidRequest'],
    ['AWS local:signature', '400 InvalidRequest'],
    ['AWS4-HMAC-SHA256 Credential=anybody', '400 AuthorizationHeaderMalformed'],
    [`AWS4-HMAC-SHA256 ${credential}, SignedHeaders=host`, '400 AuthorizationHeaderMalformed'],
  ])('is refused with the authorization "%s"', (authorization, refusal) => {
    expect(check(url, { headers: { authorization } })).toBe(refusal);
  });

  it('is refused unsigned', () => {
    expect(check(url)).toBe('403 AccessDenied');
  });
});
