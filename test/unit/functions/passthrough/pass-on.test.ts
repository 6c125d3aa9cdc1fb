import { describe, expect, it } from 'vitest';
import { createPassOn } from '#functions/passthrough/pass-on.ts';
import type { CallAdobe } from '#shared/adobe/http/call.ts';
import { firefly } from '#shared/adobe/services/firefly/service.ts';
import { createPassedOnCalls, PassthroughError } from '#shared/aws/passed-on-calls.ts';

type Call = Parameters<CallAdobe>[0];

const startCalls = (answer: Awaited<ReturnType<CallAdobe>>) => {
  const seen: Call[] = [];
  const passOn = createPassOn({
    callAdobe: async (call) => {
      seen.push(call);
      return answer;
    },
    services: [firefly],
    getBaseUrl: () => 'https://firefly.test',
  });
  const calls = createPassedOnCalls(async (event) => JSON.stringify(await passOn(JSON.parse(event))));
  return { seen, passOn, calls };
};

const customModels = { service: 'firefly', path: '/v3/custom-models' };
const uploaded = { kind: 'answered', status: 200, body: '{"images":[{"id":"i1"}]}' } as const;

describe('calls that are passed on', () => {
  it('reach Adobe with the query and the id of the request', async () => {
    const { calls, seen } = startCalls({ kind: 'answered', status: 200, body: '{"custom_models":[{"assetId":"a"}]}' });
    const query = { sortBy: '-createdDate', start: '20', limit: '10' };
    expect(await calls.readList({ ...customModels, query, requestId: 'r1' })).toEqual({
      kind: 'listed',
      body: { custom_models: [{ assetId: 'a' }] },
    });
    expect(seen).toMatchObject([
      {
        method: 'GET',
        url: 'https://firefly.test/v3/custom-models?sortBy=-createdDate&start=20&limit=10',
        headers: { 'x-request-id': 'r1' },
      },
    ]);
  });

  it('carry an image byte by byte, of up to 4 MB within what Lambda takes', async () => {
    const { calls, seen } = startCalls(uploaded);
    const image = new Uint8Array(4 * 1024 * 1024).map((_, index) => index % 251);
    expect(await calls.uploadImage({ image, contentType: 'image/png' })).toEqual({ kind: 'uploaded', uploadId: 'i1' });
    expect(Buffer.compare(Buffer.from(seen[0]?.body as Uint8Array), Buffer.from(image))).toBe(0);
    let bytes = 0;
    await createPassedOnCalls(async (event) => {
      bytes = Buffer.byteLength(event);
      return '{"kind":"no_token"}';
    }).uploadImage({ image, contentType: 'image/png' });
    expect(bytes).toBeLessThan(6 * 1024 * 1024);
  });

  it('tell why they failed', async () => {
    const refused = startCalls({
      kind: 'refused',
      error: { status: 451, code: 'prompt_unsafe', message: 'No.', isAdobes: true, isHtml: false },
    });
    expect(await refused.calls.uploadImage({ image: new Uint8Array(1), contentType: 'image/png' })).toEqual({
      kind: 'refused',
      error: { status: 451, code: 'prompt_unsafe', message: 'No.' },
    });
    const { calls } = startCalls({ kind: 'no_token' });
    expect(await calls.readList({ ...customModels, query: {}, requestId: 'r' })).toEqual({ kind: 'no_token' });
  });

  it.each([
    {},
    null,
    { call: 'generate', url: 'https://elsewhere.test' },
    { call: 'readList', ...customModels, query: { limit: '51' }, requestId: 'r' },
    { call: 'readList', service: 'firefly', path: '/v3/status/1', query: {}, requestId: 'r' },
    { call: 'readList', service: 'firefly', path: '@elsewhere.test/', query: {}, requestId: 'r' },
    { call: 'readList', service: 'none', path: '/v3/custom-models', query: {}, requestId: 'r' },
    { call: 'uploadImage', image: 'AA==', contentType: 'text/html' },
    { call: 'uploadImage', image: '<svg>', contentType: 'image/png' },
  ])('are nothing else: %j', async (event) => {
    const { passOn, seen } = startCalls(uploaded);
    await expect(passOn(event)).rejects.toThrow();
    expect(seen).toEqual([]);
  });

  it('name no failure of the function but that it failed', () => {
    expect(new PassthroughError()).toMatchObject({ code: 'passthrough_failed' });
  });
});
