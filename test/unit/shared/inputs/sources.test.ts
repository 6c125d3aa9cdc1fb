import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseExactly } from '#shared/exact-json.ts';
import { findGatewaySources, replaceSources } from '#shared/inputs/sources.ts';

const jobId = '5f7e7aca-0e9e-5bf6-9261-5fb343c899d8';

describe('the sources that the gateway brings to Adobe', () => {
  it('are found wherever they stand, and nothing else', () => {
    const body = {
      prompt: 's3://bucket/prompt',
      image: { source: { url: 's3://my-bucket/a/b c.png' } },
      list: [{ source: { url: `job:${jobId}/3` } }, { source: { url: 'https://x.amazonaws.com/a' } }],
      url: 7,
    };
    expect(findGatewaySources(body)).toEqual([
      {
        path: ['image', 'source', 'url'],
        url: 's3://my-bucket/a/b c.png',
        source: { kind: 's3', bucket: 'my-bucket', key: 'a/b c.png' },
      },
      {
        path: ['list', 0, 'source', 'url'],
        url: `job:${jobId}/3`,
        source: { kind: 'job', jobId, output: 3 },
      },
    ]);
  });

  it('are replaced by their uploads, and all else stays as it is', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (rest) => {
        const url = 's3://my-bucket/key';
        const body = { rest, image: { source: { url, more: 1 } } };
        const sent = JSON.parse(JSON.stringify(replaceSources(body, new Map([[url, { uploadId: 'id' }]]))));
        expect(sent).toEqual(JSON.parse(JSON.stringify({ rest, image: { source: { uploadId: 'id', more: 1 } } })));
      }),
    );
  });

  it('are replaced beside numbers that are written as they came', () => {
    const body = parseExactly('{"n":1e20,"image":{"url":"s3://my-bucket/key"}}');
    const sent = replaceSources(body, new Map([['s3://my-bucket/key', { uploadId: 'id' }]]));
    expect(JSON.stringify(sent)).toBe('{"n":1e20,"image":{"uploadId":"id"}}');
  });

  it('are not mistaken for what every object inherits', () => {
    expect(replaceSources({ url: 'constructor' }, new Map())).toEqual({ url: 'constructor' });
  });
});
