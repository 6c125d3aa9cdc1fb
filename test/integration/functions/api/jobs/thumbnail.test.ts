import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { updateItem } from '#shared/aws/table.ts';
import type { Inspection } from '#shared/jobs/inspection.ts';
import { jobKey } from '#shared/jobs/job-store.ts';
import { startApi, success, type TestApi } from '../fixture.ts';

describe('GET /jobs/{jobId}/outputs/{index}?width=', () => {
  let api: TestApi;
  const started: object[] = [];
  beforeAll(async () => {
    api = await startApi({
      startThumbnail: async (output) => {
        started.push(output);
      },
    });
  });
  afterAll(() => api.close());

  /** A job that ended some seconds ago, its first output inspected so far. */
  const ended = async (found?: Partial<Inspection>, secondsAgo = 60): Promise<string> => {
    const jobId = await api.submit();
    await api.end(jobId, success(jobId));
    const begunAt = new Date(api.clock.now()).toISOString();
    if (found !== undefined) {
      const inspections = { output0: { attempts: 1, begunAt, ...found } };
      await updateItem(api.table, jobKey(jobId), { set: { inspections } });
    }
    api.clock.advance(secondsAgo * 1_000);
    return jobId;
  };
  const get = (jobId: string, width = '256') => api.call({ path: `/jobs/${jobId}/outputs/0`, query: { width } });

  it('leads to the thumbnail', async () => {
    const { statusCode, headers } = await get(await ended({ thumbnail: 'made' }), '512');
    expect(statusCode).toBe(302);
    expect(String(headers?.['location'])).toMatch(/thumbnails\/outputs\/.*\/512\.webp/);
  });

  it('has one made that is missing or was cut off, and asks to come again', async () => {
    const [missing, cutOff] = [await ended(), await ended({}, 61)];
    started.length = 0;
    for (const jobId of [missing, cutOff]) {
      expect(await get(jobId)).toMatchObject({
        statusCode: 404,
        headers: { 'retry-after': '2' },
        json: { error_code: 'thumbnail_not_ready' },
      });
    }
    expect(started).toMatchObject([
      { jobId: missing, index: 0 },
      { jobId: cutOff, index: 0 },
    ]);
  });

  it('waits for one that is being made', async () => {
    started.length = 0;
    expect((await get(await ended(undefined, 5))).json).toMatchObject({ error_code: 'thumbnail_not_ready' });
    expect((await get(await ended({}, 30))).json).toMatchObject({ error_code: 'thumbnail_not_ready' });
    expect(started).toEqual([]);
  });

  it('says where there never will be one, and which widths there are', async () => {
    for (const thumbnail of ['unsupported', 'too_large', 'unreadable'] as const) {
      expect(await get(await ended({ thumbnail }))).toMatchObject({
        statusCode: 404,
        json: { error_code: 'no_thumbnail' },
      });
    }
    expect((await get(await ended({ thumbnail: 'made' }), '300')).statusCode).toBe(400);
  });
});
