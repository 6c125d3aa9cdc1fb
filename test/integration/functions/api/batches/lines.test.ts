import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { advanceBatch } from '#shared/batches/batch-progress.ts';
import { jobIdOfLine } from '#shared/batches/batch-store.ts';
import { saveSkippedLines } from '#shared/batches/line-items.ts';
import { createLane, enqueue } from '#test/fixtures/queue.ts';
import { startApi, type TestApi } from '../fixture.ts';

let api: TestApi;
let path: string;
beforeAll(async () => {
  api = await startApi();
  const body = { requests: [{ body: { prompt: 'a cat' } }] };
  const batchId = String((await api.call({ method: 'POST', path: '/batches', body })).json['batchId']);
  path = `/batches/${batchId}/lines`;
  const changes = { lines: 105, jobs: 3, rejected: 2 };
  await advanceBatch(api.table, { batchId, run: 0 }, { from: ['reading'], to: 'running', changes });
  for (const line of [1, 3, 101]) {
    const jobId = jobIdOfLine(batchId, line);
    await enqueue(createLane(api.table), { jobId, batchId, line, lineId: `line-${line}` });
    if (line === 101) await api.end(jobId, { to: 'failed', error: { code: 'image_unsafe', message: 'No.' } });
  }
  const error = { code: 'validation_error', message: 'The prompt is missing.' };
  await saveSkippedLines(api.table, batchId, [
    { line: 2, id: 'line-2', row: 3, state: 'rejected', error, columns: ['a'] },
    { line: 105, state: 'cancelled' },
  ]);
});
afterAll(() => api.close());

const page = async (query: Record<string, string> = {}) => {
  const { statusCode, json } = await api.call({ path, query });
  const lines = (json['lines'] ?? []) as { line: number; status: string }[];
  return { statusCode, json, lines, states: lines.map(({ line, status }) => `${line} ${status}`) };
};

describe('GET /batches/{id}/lines', () => {
  it('says what has become of each line, whether it is a job or not', async () => {
    const { json, lines, states } = await page();
    expect(states).toEqual(['1 queued', '2 rejected', '3 queued', '101 failed', '105 cancelled']);
    expect(lines[1]).toEqual({
      line: 2,
      row: 3,
      id: 'line-2',
      status: 'rejected',
      outputs: 0,
      error: { code: 'validation_error', message: 'The prompt is missing.' },
    });
    expect(lines[3]).toMatchObject({ id: 'line-101', outputs: 0, error: { code: 'image_unsafe' } });
    expect(json).toMatchObject({ searchedTo: 105 });
    expect(json['cursor']).toBeUndefined();
  });

  it('goes page by page, in the states that are asked for', async () => {
    const first = await page({ status: 'failed,rejected', limit: '1' });
    expect(first.states).toEqual(['2 rejected']);
    const second = await page({ status: 'failed,rejected', cursor: String(first.json['cursor']) });
    expect(second.states).toEqual(['101 failed']);
    expect((await page({ status: 'broken' })).statusCode).toBe(400);
    expect((await page({ cursor: String(first.json['cursor']) })).statusCode).toBe(400);
  });
});
