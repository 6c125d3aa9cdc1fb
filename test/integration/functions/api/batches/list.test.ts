import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApi, type TestApi } from '../fixture.ts';

let api: TestApi;
let made: string[];
beforeAll(async () => {
  api = await startApi();
  made = [];
  for (let index = 0; index < 5; index += 1) {
    const body = { requests: [{ body: { prompt: 'a cat' } }] };
    const { json } = await api.call({ method: 'POST', path: '/batches', body, caller: 'lister' });
    made.unshift(String(json['batchId']));
    api.clock.advance(1_000);
  }
});
afterAll(() => api.close());

const list = async (query: Record<string, string> = {}, caller = 'lister') => {
  const { json, statusCode } = await api.call({ path: '/batches', query, caller });
  const batches = Array.isArray(json['batches']) ? json['batches'] : [];
  return { statusCode, ids: batches.map(({ batchId }: { batchId: string }) => batchId), cursor: json['cursor'] };
};

describe('GET /batches', () => {
  it('shows the caller’s batches, newest first, page by page', async () => {
    expect(await list()).toEqual({ statusCode: 200, ids: made, cursor: undefined });
    const first = await list({ limit: '2' });
    const second = await list({ limit: '2', cursor: String(first.cursor) });
    const third = await list({ limit: '2', cursor: String(second.cursor) });
    expect([first.ids, second.ids, third.ids].flat()).toEqual(made);
    expect(third.cursor).toBeUndefined();
    expect((await list({ limit: '5' })).cursor).toBeUndefined();
  });

  it('shows nothing to others, and takes no cursor of another list', async () => {
    expect(await list({}, 'bob')).toEqual({ statusCode: 200, ids: [], cursor: undefined });
    const { cursor } = await list({ limit: '2' });
    const foreign = await api.call({ path: '/jobs', query: { cursor: String(cursor) }, caller: 'lister' });
    expect(foreign.statusCode).toBe(400);
  });
});
