import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findExpiringUrls, isExpired, listExpired, warnOfExpiry } from '#shared/inputs/expiring-urls.ts';
import { readUrlExpiry } from '#shared/inputs/url-expiry.ts';

const signed = (origin: string, parameters: Record<string, string>): string =>
  `${origin}/folder/image.png?${new URLSearchParams(parameters)}`;

const basicTime = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;

/** How CloudFront writes a policy into a URL. */
const writePolicy = (policy: unknown): string =>
  Buffer.from(JSON.stringify(policy)).toString('base64').replaceAll('+', '-').replaceAll('=', '_').replaceAll('/', '~');

/** A URL as each kind of signer writes it, valid until a second, and perhaps from one. */
const kinds: Record<string, { field: string; write(startMs: number, seconds: number): string; hasStart: boolean }> = {
  'S3 V4': {
    field: 'X-Amz-Expires',
    hasStart: true,
    write: (start, seconds) =>
      signed('https://pictures.s3.eu-west-1.amazonaws.com', {
        'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
        'X-Amz-Credential': 'AKIDEXAMPLE/20260301/eu-west-1/s3/aws4_request',
        'X-Amz-Date': basicTime(start),
        'X-Amz-Expires': String(seconds),
        'X-Amz-SignedHeaders': 'host',
        'X-Amz-Signature': 'ab12',
      }),
  },
  'S3 V2': {
    field: 'Expires',
    hasStart: false,
    write: (start, seconds) =>
      signed('https://pictures.s3.amazonaws.com', {
        AWSAccessKeyId: 'AKIDEXAMPLE',
        Expires: String(start / 1000 + seconds),
        Signature: 'a+b/c=',
      }),
  },
  'CloudFront, canned policy': {
    field: 'Expires',
    hasStart: false,
    write: (start, seconds) =>
      signed('https://media.storage.amazonaws.com', {
        Expires: String(start / 1000 + seconds),
        Signature: 'a-b~c_',
        'Key-Pair-Id': 'K2EXAMPLE',
      }),
  },
  'CloudFront, custom policy': {
    field: 'Policy',
    hasStart: true,
    write: (start, seconds) =>
      signed('https://media.storage.amazonaws.com', {
        Policy: writePolicy({
          Statement: [
            {
              Resource: 'https://media.storage.amazonaws.com/folder/*?>>>',
              Condition: {
                DateLessThan: { 'AWS:EpochTime': start / 1000 + seconds },
                DateGreaterThan: { 'AWS:EpochTime': start / 1000 },
              },
            },
          ],
        }),
        Signature: 'a-b~c_',
        'Key-Pair-Id': 'K2EXAMPLE',
      }),
  },
  'Azure SAS': {
    field: 'se',
    hasStart: true,
    write: (start, seconds) =>
      signed('https://account.blob.core.windows.net', {
        sv: '2022-11-02',
        st: `${new Date(start).toISOString().slice(0, 19)}Z`,
        se: `${new Date(start + seconds * 1000).toISOString().slice(0, 19)}Z`,
        sr: 'b',
        sp: 'r',
        sig: 'a+b/c=',
      }),
  },
  'Google V4': {
    field: 'X-Goog-Expires',
    hasStart: true,
    write: (start, seconds) =>
      signed('https://storage.googleapis.com/bucket', {
        'X-Goog-Algorithm': 'GOOG4-RSA-SHA256',
        'X-Goog-Date': basicTime(start),
        'X-Goog-Expires': String(seconds),
        'X-Goog-Signature': 'ab12',
      }),
  },
  'Google V2': {
    field: 'Expires',
    hasStart: false,
    write: (start, seconds) =>
      signed('https://storage.googleapis.com/bucket', {
        GoogleAccessId: 'signer@project.iam.gserviceaccount.com',
        Expires: String(start / 1000 + seconds),
        Signature: 'a+b/c=',
      }),
  },
};

describe.each(Object.entries(kinds))('the expiry of a URL of %s', (_kind, { field, write, hasStart }) => {
  it('is read whatever the time', () => {
    const startSecond = fc.integer({ min: 0, max: 4_000_000_000 });
    fc.assert(
      fc.property(startSecond, fc.integer({ min: 1, max: 604_800 }), (start, seconds) => {
        expect(readUrlExpiry(write(start * 1000, seconds))).toEqual({
          field,
          expiresAt: (start + seconds) * 1000,
          startsAt: hasStart ? start * 1000 : undefined,
        });
      }),
    );
  });

  it('is unknown, and nothing throws, if any of its parameters is garbage, absent or there twice', () => {
    const original = write(Date.parse('2020-01-01T00:00:00Z'), 3_600);
    const names = [...new URL(original).searchParams.keys()];
    const damage = fc.record({ name: fc.constantFrom(...names), values: fc.array(fc.string(), { maxLength: 2 }) });
    fc.assert(
      fc.property(damage, ({ name, values }) => {
        const url = new URL(original);
        url.searchParams.delete(name);
        for (const value of values) url.searchParams.append(name, value);
        const found = readUrlExpiry(url.toString());
        // A garbled signature or start is none of the gateway's business.
        expect(found === undefined || Number.isFinite(found.expiresAt)).toBe(true);
        if (name === field && !values.some((value) => /\d/.test(value))) expect(found).toBeUndefined();
      }),
    );
  });
});

describe('a URL', () => {
  it.each([
    ['of no signature', 'https://pictures.s3.amazonaws.com/a.png'],
    ['with an unsigned Expires', 'https://pictures.s3.amazonaws.com/a.png?Expires=1'],
    ['with an unsigned se', 'https://account.blob.core.windows.net/a.png?se=2020-01-01'],
    ['of a stored access policy', 'https://account.blob.core.windows.net/a.png?si=readers&sig=a'],
    ['of a day that no calendar has', kinds['S3 V4']?.write(0, 1).replace('19700101', '20200231') ?? ''],
    ['of a longer life than S3 gives', kinds['S3 V4']?.write(0, 604_801) ?? ''],
    ['of a policy that is no JSON', 'https://a.amazonaws.com/a?Policy=e30x&Key-Pair-Id=K&Signature=a'],
    ['of a policy without an end', `https://a.amazonaws.com/a?Policy=${writePolicy({ Statement: [] })}&Key-Pair-Id=K`],
    ['in S3 by its address', 's3://bucket/key?X-Amz-Date=20200101T000000Z'],
    ['of an earlier job', 'job:5f7e7aca-0e9e-5bf6-9261-5fb343c899d8/3'],
    ['that is none', 'https://'],
  ])('%s says nothing', (_name, url) => {
    expect(readUrlExpiry(url)).toBeUndefined();
  });

  it.each([
    ['2020-01-01', '2020-01-01T00:00:00.000Z'],
    ['2020-01-01T10:20Z', '2020-01-01T10:20:00.000Z'],
    ['2020-01-01T10:20:30Z', '2020-01-01T10:20:30.000Z'],
    ['2020-01-01T10:20:30.1234567Z', '2020-01-01T10:20:30.000Z'],
  ])('of Azure may end at %s', (se, iso) => {
    const found = readUrlExpiry(signed('https://account.blob.core.windows.net', { se, sig: 'a' }));
    expect(found?.expiresAt).toBe(Date.parse(iso));
  });

  it('may be any text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.webUrl({ withQueryParameters: true })), (text) => {
        readUrlExpiry(text);
      }),
    );
  });
});

describe('presigned URLs of a request', () => {
  const now = Date.parse('2026-03-01T12:00:00Z');
  const inSeconds = (seconds: number) =>
    findExpiringUrls({ image: { source: { url: kinds['Azure SAS']?.write(now - 600_000, 600 + seconds) } } });

  it('are expired only once clocks cannot be the reason', () => {
    expect([0, -60, -61].map((seconds) => inSeconds(seconds).some((url) => isExpired(url, now)))).toEqual([
      false,
      false,
      true,
    ]);
  });

  it('are named by their field, their parameter and their time, and never repeated', () => {
    expect(listExpired(inSeconds(-3_600))).toBe('body.image.source.url: the URL expired at 2026-03-01T11:00:00Z (se)');
    expect(warnOfExpiry(inSeconds(60), now + 61_000)).toEqual([
      'body.image.source.url: the URL expires at 2026-03-01T12:01:00Z (se), before the estimated start of the job at 2026-03-01T12:01:01Z. Upload the image by POST /uploads and name it by its s3:// address, which does not expire.',
    ]);
  });

  it('are worth a warning if they die, or are not valid yet, when the job is to start', () => {
    expect(warnOfExpiry(inSeconds(60), now)).toEqual([]);
    expect(warnOfExpiry(inSeconds(60), undefined)).toEqual([expect.stringContaining('an operator pauses the queue')]);
    const later = findExpiringUrls({ url: kinds['Azure SAS']?.write(now + 3_600_000, 600) });
    expect(warnOfExpiry(later, now)).toEqual([expect.stringContaining('is not valid before 2026-03-01T13:00:00Z')]);
  });
});
