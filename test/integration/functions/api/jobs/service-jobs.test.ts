import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApi, success, type TestApi } from '../fixture.ts';

interface Page {
  paging: { nextUrl?: string; totalRecords: number };
  jobs: { jobId: string; status: string }[];
}

describe('GET /v1/templates/render-jobs', () => {
  let api: TestApi;
  const ids: string[] = [];
  const start = Date.parse('2026-03-01T12:00:00.000Z');
  const render = async (caller = 'alice') => {
    api.clock.advance(86_400_000);
    const body = {
      source: { url: 'https://b.s3.amazonaws.com/a.mogrt' },
      variations: [{ variables: [] }, { variables: [] }],
    };
    const { statusCode, json } = await api.call({
      method: 'POST',
      path: '/v1/templates/render',
      caller,
      body: JSON.stringify(body),
    });
    expect(statusCode).toBe(202);
    return String(json['jobId']);
  };
  beforeAll(async () => {
    api = await startApi({ otherLanes: ['av-templates'] });
    for (let index = 0; index < 5; index += 1) {
      ids.unshift(await render());
      await api.submit();
    }
    await render('bob');
    await api.end(ids[1] ?? '', success(ids[1] ?? ''));
  });
  afterAll(() => api.close());

  const list = async (query: Record<string, string> = {}) => {
    const response = await api.call({ path: '/v1/templates/render-jobs', query });
    return { ...response, page: response.json as unknown as Page };
  };
  const idsOf = async (query: Record<string, string> = {}) => (await list(query)).page.jobs.map(({ jobId }) => jobId);

  it("lists the caller's own renders and no other jobs, newest first, by addresses of the gateway", async () => {
    const { page } = await list();
    expect(page.jobs.map(({ jobId }) => jobId)).toEqual(ids);
    expect(page.paging).toEqual({ totalRecords: 5 });
    expect(page.jobs[0]).toEqual({
      jobId: ids[0],
      status: 'not_started',
      totalJobItems: 2,
      createdDate: new Date(start + 5 * 86_400_000).toISOString(),
      statusUrl: `https://gateway.test/v1/status/${ids[0]}`,
      cancelUrl: `https://gateway.test/v1/cancel/${ids[0]}`,
    });
    expect(page.jobs[1]).toMatchObject({ status: 'succeeded', completedDate: expect.any(String) });
    expect(page.jobs[1]).not.toHaveProperty('cancelUrl');
  });

  it('leads from page to page', async () => {
    const seen: string[] = [];
    let query: Record<string, string> = { limit: '2', filter: 'createdDate=ge=-P30D' };
    for (;;) {
      const { page } = await list(query);
      seen.push(...page.jobs.map(({ jobId }) => jobId));
      if (page.paging.nextUrl === undefined) break;
      const next = new URL(page.paging.nextUrl);
      expect(`${next.origin}${next.pathname}`).toBe('https://gateway.test/v1/templates/render-jobs');
      query = Object.fromEntries(next.searchParams);
    }
    expect(seen).toEqual(ids);
  });

  it('filters by state and time, as Adobe does', async () => {
    expect(await idsOf({ filter: 'status==succeeded' })).toEqual([ids[1]]);
    expect(await idsOf({ status: 'succeeded' })).toEqual([ids[1]]);
    expect(await idsOf({ filter: 'status=in=(running, not_started)' })).toEqual([ids[0], ids[2], ids[3], ids[4]]);
    expect(await idsOf({ filter: 'createdDate=ge=-P3D;status==not_started' })).toEqual([ids[0], ids[2]]);
    const at = (days: number) => new Date(start + days * 86_400_000).toISOString();
    expect(await idsOf({ filter: `createdDate=ge=${at(2)};createdDate=le=${at(3)}` })).toEqual([ids[2], ids[3]]);
    expect((await list({ filter: `createdDate=ge=${at(4.5)}`, limit: '2' })).page.paging.nextUrl).toBeUndefined();
  });

  it.each([
    [{ limit: '0' }, 'limit_out_of_range'],
    [{ limit: '101' }, 'limit_out_of_range'],
    [{ limit: 'ten' }, 'limit_out_of_range'],
    [{ status: 'queued' }, 'invalid_status_filter'],
    [{ filter: 'status==queued' }, 'invalid_status_filter'],
    [{ filter: 'status=in=running' }, 'invalid_filter'],
    [{ filter: 'jobId==1' }, 'invalid_filter'],
    [{ filter: 'createdDate=ge=yesterday' }, 'invalid_filter'],
    [{ filter: 'createdDate==-P1D' }, 'invalid_filter'],
    [{ filter: 'createdDate=ge=-P' }, 'invalid_filter'],
    [{ filter: 'createdDate=ge=-P31D' }, 'filter_out_of_retention'],
    [{ cursor: 'none' }, 'bad_request'],
  ])('refuses %j as %s', async (query, code) => {
    expect(await list(query)).toMatchObject({ statusCode: 400, json: { error_code: code } });
  });

  it('forgets what is older than 30 days', async () => {
    api.clock.advance(27.5 * 86_400_000);
    expect(await idsOf()).toEqual(ids.slice(0, 2));
  });
});
