import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findUnreachableUrls } from '#shared/adobe/services/body-texts.ts';
import type { OperationDefinition } from '#shared/adobe/services/operation.ts';
import type { AdobeService } from '#shared/adobe/services/service.ts';
import { findGatewaySources, replaceSources } from '#shared/inputs/sources.ts';

const operation: Pick<OperationDefinition, 'inputDomains'> = { inputDomains: ['amazonaws.com'] };
const service: Pick<AdobeService, 'inputs' | 'inputDomains'> = { inputs: 'presigned-get' };

const wrong = (url: string, taking = operation) =>
  findUnreachableUrls(taking, service, { sources: [{ source: { url } }] });

describe('an input by URL', () => {
  it.each([
    's3://my-bucket/a/b.psd',
    'job:0193e3d0-0000-7000-8000-000000000000/123',
    'https://amazonaws.com/a',
    'https://my-bucket.s3.eu-west-1.amazonaws.com/a?X-Amz-Signature=1',
  ])('is taken as %s', (url) => {
    expect(wrong(url)).toEqual([]);
  });

  it.each([
    'https://notamazonaws.com/a',
    'https://amazonaws.com.example.com/a',
    'http://a.amazonaws.com/a',
    'https://a.amazonaws.com:8443/a',
    'https://user:word@a.amazonaws.com/a',
    'ftp://a.amazonaws.com/a',
    'job:0193e3d0/1',
    'no URL',
    '',
  ])('is refused as %s, by the name of its field', (url) => {
    expect(wrong(url)).toMatchObject([
      { path: ['sources', 0, 'source', 'url'], message: expect.stringContaining('https under one of amazonaws.com') },
    ]);
    expect(findUnreachableUrls(operation, { inputs: 'adobe-upload' }, { image: { source: { url } } })).toEqual([]);
  });

  it('may be at any host with https where the service names no domains', () => {
    expect(wrong('https://example.com:8443/a', {})).toEqual([]);
    expect(wrong('http://example.com/a', {})).toHaveLength(1);
  });

  it('never passes a host that is not under a domain, whatever it is', () => {
    fc.assert(
      fc.property(fc.webUrl({ validSchemes: ['https', 'http'] }), (url) => {
        const { protocol, hostname } = new URL(url);
        const isAllowed = protocol === 'https:' && /(^|\.)amazonaws\.com$/.test(hostname) && new URL(url).port === '';
        expect(wrong(url)).toHaveLength(isAllowed ? 0 : 1);
      }),
    );
  });
});

describe('a destination', () => {
  const body = {
    image: { source: { url: 's3://inputs/a' } },
    outputs: [{ destination: { url: 's3://inputs/a' } }, { mediaDestination: { url: 'http://example.com/b' } }],
  };

  it('holds no input', () => {
    expect(findGatewaySources(body).map(({ path }) => path)).toEqual([['image', 'source', 'url']]);
    expect(findUnreachableUrls(operation, service, body)).toEqual([]);
  });

  it('stays as it is', () => {
    expect(replaceSources(body, new Map([['s3://inputs/a', { url: 'https://signed' }]]))).toEqual({
      ...body,
      image: { source: { url: 'https://signed' } },
    });
  });
});
