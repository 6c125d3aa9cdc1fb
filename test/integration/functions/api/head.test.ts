import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRoutes } from '#functions/api/app.ts';
import { startApi, success, type TestApi } from './fixture.ts';

describe('HEAD', () => {
  let api: TestApi;
  let jobId: string;
  beforeAll(async () => {
    api = await startApi();
    jobId = await api.submit();
    await api.end(jobId, success(jobId));
  });
  afterAll(() => api.close());

  it('is answered on every path as GET is, without a body', async () => {
    const paths = createRoutes(api.context)
      .filter(({ method }) => method === 'GET')
      .map(({ path }) => path.replace('{jobId}', jobId).replace('{index}', '0').replace('{file}', 'start.js'));
    expect(paths.length).toBeGreaterThan(10);
    const statuses: number[] = [];
    for (const path of paths) {
      const [get, head] = [await api.call({ path }), await api.call({ method: 'HEAD', path })];
      expect([path, head.statusCode, head.headers, head.body]).toEqual([path, get.statusCode, get.headers, '']);
      statuses.push(get.statusCode);
    }
    expect(new Set(statuses)).toEqual(new Set([200, 302, 404, 503]));
  });

  it('is refused without a body as well', async () => {
    for (const [path, status] of [
      ['/nothing', 404],
      ['/v3/images/generate-async', 405],
      ['/%ZZ', 400],
    ] as const) {
      expect(await api.call({ method: 'HEAD', path })).toMatchObject({ statusCode: status, body: '' });
    }
  });

  it('asks operators for what GET asks them for', async () => {
    const guarded = await startApi({ settings: { operators: 'policy' } });
    const head = (routeKey: string) => guarded.call({ method: 'HEAD', path: '/queue', routeKey });
    expect([(await head('HEAD /queue')).statusCode, (await head('$default')).statusCode]).toEqual([200, 403]);
    await guarded.close();
  });
});
