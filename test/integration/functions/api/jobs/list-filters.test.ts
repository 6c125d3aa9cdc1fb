import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { updateItem } from '#shared/aws/table.ts';
import { inspectionName } from '#shared/jobs/inspection.ts';
import { jobKey } from '#shared/jobs/job-store.ts';
import { startApi, success, type TestApi } from '../fixture.ts';

let api: TestApi;
const ids: Record<string, string> = {};

beforeAll(async () => {
  api = await startApi();
  const submit = async (name: string, body: object, options: Parameters<TestApi['submit']>[0] = {}) => {
    api.clock.advance(1_000);
    ids[name] = await api.submit(options, body);
  };
  await submit('cat', { prompt: 'A CAT in the rain', seeds: [21], numVariations: 1 });
  await submit('dog', { prompt: 'a dog in the sun' }, { headers: { 'x-model-version': 'image4_ultra' } });
  api.clock.advance(86_400_000);
  await submit('fox', { prompt: 'a fox in the rain' });
  await api.end(ids['fox'] ?? '', success(ids['fox'] ?? ''));
});
afterAll(() => api.close());

const list = async (query: Record<string, string>) => {
  const { json, ...response } = await api.call({ path: '/jobs', query });
  const jobs = (json['jobs'] ?? []) as { jobId: string }[];
  const names = jobs.map(({ jobId }) => Object.keys(ids).find((name) => ids[name] === jobId));
  return { ...response, json, jobs, names, cursor: json['cursor'] as string | undefined };
};

describe('GET /jobs', () => {
  it.each<[Record<string, string>, string[]]>([
    [{ q: 'rain cat' }, ['cat']],
    [{ q: 'RAIN' }, ['fox', 'cat']],
    [{ q: 'rain snow' }, []],
    [{ model: 'image4_ultra' }, ['dog']],
    [{ operation: 'images/generate' }, ['fox', 'dog', 'cat']],
    [{ operation: 'images/fill' }, []],
    [{ seed: '21' }, ['cat']],
    [{ seed: '11' }, ['fox']],
    [{ batch: '0b5a3f5e-6d1c-4a60-9f0e-000000000001' }, []],
    [{ from: '2026-03-02' }, ['fox']],
    [{ to: '2026-03-01' }, ['dog', 'cat']],
    [{ from: '2026-03-01T12:00:02Z', to: '2026-03-02T12:00:02Z' }, ['dog']],
    [{ sort: 'oldest' }, ['cat', 'dog', 'fox']],
    [{ q: 'rain', sort: 'oldest', status: 'queued' }, ['cat']],
    [{ favourite: 'true' }, []],
  ])('%j finds %j', async (query, names) => {
    expect((await list(query)).names).toEqual(names);
  });

  it('shows the beginning of the prompt and the seeds', async () => {
    const { json } = await list({ q: 'fox' });
    expect(json['jobs']).toMatchObject([{ prompt: 'a fox in the rain', seeds: [7, 11] }]);
  });

  it('names the thumbnails that there are, where it is asked for them', async () => {
    const jobId = ids['fox'] ?? '';
    const inspected = { attempts: 1, begunAt: '2026-03-02T12:00:03.000Z', width: 2048, height: 1024 };
    await updateItem(api.table, jobKey(jobId), {
      set: { inspections: { [inspectionName(1)]: { ...inspected, thumbnail: 'made', provenance: { state: 'none' } } } },
    });
    const url = expect.stringContaining(`/thumbnails/outputs/2026/03/01/${jobId}/1.jpg/512.webp?`);
    const seen = { width: 2048, height: 1024, provenance: { state: 'none' } };
    const { jobs } = await list({ q: 'fox', thumbnails: '512' });
    expect(jobs).toMatchObject([{ outputs: [{ seed: 7 }, { ...seen, thumbnail: url }] }]);
    const { json } = await api.call({ path: `/jobs/${jobId}`, query: { thumbnails: '512' } });
    expect(json['outputs']).toMatchObject([{ seed: 7 }, { ...seen, thumbnail: url }]);
    expect((await list({ q: 'fox' })).body).not.toContain('thumbnail');
  });

  // The last one, as it makes jobs.
  it.each([
    ['newest', ['fox', 'dog']],
    ['oldest', ['cat', 'dog']],
  ])('goes on behind a page, %s first, whatever comes in meanwhile', async (sort, names) => {
    const first = await list({ q: 'in the', sort, limit: '1' });
    await api.submit({}, { prompt: 'in the meantime' });
    const second = await list({ q: 'in the', sort, limit: '1', cursor: first.cursor ?? '' });
    expect([...first.names, ...second.names]).toEqual(names);
    expect(await list({ q: 'in', sort, cursor: first.cursor ?? '' })).toMatchObject({ statusCode: 400 });
  });
});
