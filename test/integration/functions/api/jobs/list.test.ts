import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApi, success, type TestApi } from '../fixture.ts';

describe('GET /jobs', () => {
  let api: TestApi;
  const ids: string[] = [];
  beforeAll(async () => {
    api = await startApi();
    for (let index = 0; index < 7; index += 1) {
      api.clock.advance(1_000);
      ids.unshift(await api.submit());
    }
    await api.submit({ caller: 'bob' });
    for (const jobId of [ids[1], ids[4]]) await api.end(jobId ?? '', success(jobId ?? ''));
  });
  afterAll(() => api.close());

  const list = async (query: Record<string, string> = {}, caller = 'alice') => {
    const response = await api.call({ path: '/jobs', query, caller });
    const jobs = (response.json['jobs'] ?? []) as { jobId: string; status: string }[];
    return { ...response, ids: jobs.map(({ jobId }) => jobId), cursor: response.json['cursor'] as string | undefined };
  };

  it("lists the caller's jobs, newest first", async () => {
    const page = await list();
    expect(page.ids).toEqual(ids);
    expect(page.cursor).toBeUndefined();
  });

  it('pages with an opaque cursor', async () => {
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await list({ limit: '3', ...(cursor === undefined ? {} : { cursor }) });
      expect(page.ids.length).toBeLessThanOrEqual(3);
      seen.push(...page.ids);
      cursor = page.cursor;
    } while (cursor !== undefined);
    expect(seen).toEqual(ids);
  });

  it('filters by status', async () => {
    expect((await list({ status: 'succeeded' })).ids).toEqual([ids[1], ids[4]]);
    const first = await list({ status: 'succeeded', limit: '1' });
    expect((await list({ status: 'succeeded', limit: '1', cursor: first.cursor ?? '' })).ids).toEqual([ids[4]]);
  });

  it('filters by several states, in any order and in either way of writing them', async () => {
    expect((await list({ status: 'succeeded,queued' })).ids).toEqual(ids);
    const first = await list({ status: 'queued,succeeded', limit: '2' });
    // What API Gateway makes of status=succeeded&status=queued&status=succeeded.
    const next = await list({ status: 'succeeded, queued,succeeded', limit: '2', cursor: first.cursor ?? '' });
    expect([...first.ids, ...next.ids]).toEqual(ids.slice(0, 4));
    expect((await list({ status: 'running,failed' })).ids).toEqual([]);
  });

  it('filters by a label, and by a state as well', async () => {
    const labelled: string[] = [];
    for (const [label, count] of [
      ['campaign=spring, team=a.b/c', 2],
      ['campaign=spring', 1],
      ['campaign=summer', 1],
    ] as const) {
      for (let index = 0; index < count; index += 1) {
        api.clock.advance(1_000);
        labelled.unshift(await api.submit({ headers: { 'x-label': label }, caller: 'carol' }));
      }
    }
    const [, plain, second = '', first] = labelled;
    await api.end(second, success(second));
    const ofCarol = async (query: Record<string, string>) => list(query, 'carol');
    expect((await ofCarol({ label: 'campaign=spring' })).ids).toEqual([plain, second, first]);
    expect((await ofCarol({ label: 'team=a.b/c', status: 'queued' })).ids).toEqual([first]);
    expect((await ofCarol({ label: 'team=other' })).ids).toEqual([]);
    // Names that any object has are no labels.
    expect((await ofCarol({ label: 'constructor=Object' })).ids).toEqual([]);
    expect((await list({ label: 'campaign=spring' })).ids).toEqual([]);
    const page = await ofCarol({ label: 'campaign=spring', limit: '2' });
    const { ids: rest } = await ofCarol({ label: 'campaign=spring', limit: '2', cursor: page.cursor ?? '' });
    expect([...page.ids, ...rest]).toEqual([plain, second, first]);
    expect(await ofCarol({ label: 'team=a.b/c', cursor: page.cursor ?? '' })).toMatchObject({ statusCode: 400 });
    for (const label of ['', 'campaign', 'a=b,c=d', 'a=', '=b']) {
      expect(await ofCarol({ label })).toMatchObject({ statusCode: 400 });
    }
  });

  it('names the state that is none', async () => {
    for (const status of ['queued,done', 'done', 'queued,']) {
      const { statusCode, json } = await list({ status });
      const name = status.split(',').at(-1);
      expect([statusCode, json['message']]).toEqual([400, expect.stringContaining(`status names "${name}"`)]);
    }
  });

  it.each<Record<string, string>>([
    { cursor: 'x'.repeat(9_000) },
    { status: 'pending' },
    { status: '' },
    { cursor: '' },
    { cursor: 'bm9uZQ' },
    { cursor: '!!' },
    { limit: '0' },
    { limit: '101' },
    { limit: 'ten' },
  ])('refuses %j with 400', async (query) => {
    const response = await list(query);
    expect(response).toMatchObject({ statusCode: 400, json: { error_code: 'bad_request' } });
    expect(response.json['message']).toContain(Object.keys(query)[0]);
  });

  it("refuses a cursor of another caller's or another filter's list", async () => {
    const cursor = (await list({ limit: '1' })).cursor ?? '';
    expect((await list({ limit: '1', cursor }, 'bob')).statusCode).toBe(400);
    expect((await list({ limit: '1', cursor, status: 'queued' })).statusCode).toBe(400);
    expect((await list({ limit: '1', cursor: `${cursor}x` })).statusCode).toBe(400);
  });
});
