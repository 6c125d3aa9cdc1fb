import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Batch, BatchState } from '#shared/batches/batch.ts';
import { advanceBatch, endBatch } from '#shared/batches/batch-progress.ts';
import { getBatch, jobIdOfLine } from '#shared/batches/batch-store.ts';
import { permitCycleMs } from '#shared/jobs/lanes/lane.ts';
import { createLane, enqueue, perMinute } from '#test/fixtures/queue.ts';
import { startApi, type TestApi } from '../fixture.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

/** Takes in a batch with one request and returns its id. */
const newBatch = async (): Promise<string> => {
  const body = { requests: [{ body: { prompt: 'a cat' } }] };
  return String((await api.call({ method: 'POST', path: '/batches', body })).json['batchId']);
};

const batchOf = async (batchId: string): Promise<Batch> => {
  const batch = await getBatch(api.table, batchId);
  if (batch === undefined) throw new Error(`There is no batch ${batchId}.`);
  return batch;
};

/** Moves a batch on as the inbox function would. */
const advance = async (batchId: string, to: BatchState, changes: Partial<Batch> = {}): Promise<void> => {
  const run = { batchId, run: 0 };
  const { state, retentionSeconds } = await batchOf(batchId);
  const moved =
    to === 'finished' || to === 'refused'
      ? await endBatch(api.table, run, { from: [state], to, changes }, retentionSeconds)
      : await advanceBatch(api.table, run, { from: [state], to, changes });
  expect(moved?.state).toBe(to);
};

describe('a batch', () => {
  it('is shown with its counts', async () => {
    const batchId = await newBatch();
    await advance(batchId, 'running', { lines: 9, jobs: 5, rejected: 1, skipped: 2, warnings: ['Look.'] });
    expect(await api.call({ path: `/batches/${batchId.toUpperCase()}` })).toMatchObject({
      statusCode: 200,
      json: {
        batchId,
        status: 'running',
        lines: 9,
        counts: { unfinished: 5, succeeded: 0, failed: 0, cancelled: 2, timed_out: 0, rejected: 1 },
        warnings: ['Look.'],
      },
    });
  });

  it.each([
    ['of one service', { photoshop: 3 }, 2],
    ['of which an earlier version began two lines', { photoshop: 1 }, 2],
    ['of several services', { firefly: 1, photoshop: 2 }, 4],
    ['whose service has been turned off', { indesign: 3 }, undefined],
    ['of which no line has been read', undefined, undefined],
  ])('%s ends when its last job has had its turn there', async (_, jobsInLanes, turnsBefore) => {
    const limits = perMinute(1);
    const each = await startApi({ limits, otherLanes: ['photoshop'] });
    const body = { requests: [{ body: { prompt: 'a cat' } }] };
    const accepted = await each.call({ method: 'POST', path: '/batches', body });
    const batchId = String(accepted.json['batchId']);
    const changes = { lines: 3, jobs: 3, jobsInLanes };
    await advanceBatch(each.table, { batchId, run: 0 }, { from: ['reading'], to: 'running', changes });
    // These come first, on the way to Firefly alone.
    for (let job = 0; job < 4; job += 1) await enqueue(createLane(each.table), { caller: 'bob', priority: 'high' });
    const { statusCode, json } = await each.call({ path: `/batches/${batchId}` });
    expect(statusCode).toBe(200);
    const [window] = limits.windows;
    const cycleMs = window === undefined ? Number.NaN : permitCycleMs(window, limits);
    expect(json['estimatedEndAt']).toBe(
      turnsBefore === undefined ? undefined : new Date(each.clock.now() + turnsBefore * cycleMs).toISOString(),
    );
    await each.close();
  });

  it.each([
    ['GET', ''],
    ['GET', '/jobs'],
    ['GET', '/lines'],
    ['PUT', '/cancel'],
    ['POST', '/retry'],
    ['GET', '/report.jsonl'],
    ['GET', '/report.csv'],
  ])('is nobody else’s: %s /batches/{id}%s', async (method, rest) => {
    const batchId = await newBatch();
    for (const request of [
      { path: `/batches/${batchId}${rest}`, caller: 'bob' },
      { path: `/batches/00000000-0000-4000-8000-000000000000${rest}` },
      { path: `/batches/none${rest}` },
    ]) {
      expect(await api.call({ method, ...request })).toMatchObject({
        statusCode: 404,
        json: { error_code: 'unknown_batch_id' },
      });
    }
  });
});

describe('GET /batches/{id}/jobs', () => {
  let path: string;
  beforeAll(async () => {
    const batchId = await newBatch();
    path = `/batches/${batchId}/jobs`;
    await advance(batchId, 'running', { lines: 205, jobs: 4, rejected: 201 });
    for (const line of [1, 3, 101, 205]) {
      const jobId = jobIdOfLine(batchId, line);
      await enqueue(createLane(api.table), { jobId, batchId, line, lineId: `line-${line}` });
      if (line > 3) await api.end(jobId, { to: 'failed', error: { code: 'image_unsafe', message: 'No.' } });
    }
  });

  const page = async (query: Record<string, string> = {}) => {
    const { statusCode, json } = await api.call({ path, query });
    expect(statusCode).toBe(200);
    const jobs = json['jobs'] as { line: number; id: string; status: string }[];
    return { jobs, lines: jobs.map((job) => job.line), cursor: json['cursor'] as string | undefined };
  };

  it('lists them in the order of their lines', async () => {
    const { jobs, lines, cursor } = await page();
    expect(lines).toEqual([1, 3, 101, 205]);
    expect(jobs[0]).toMatchObject({ id: 'line-1', status: 'queued' });
    expect(cursor).toBeUndefined();
  });

  it('lists them in pages, each once', async () => {
    const seen: number[] = [];
    let cursor: string | undefined;
    do {
      const next = await page({ limit: '3', ...(cursor === undefined ? {} : { cursor }) });
      seen.push(...next.lines);
      cursor = next.cursor;
    } while (cursor !== undefined);
    expect(seen).toEqual([1, 3, 101, 205]);
  });

  it('lists those in one state', async () => {
    expect((await page({ status: 'failed' })).lines).toEqual([101, 205]);
    expect((await page({ status: 'succeeded' })).lines).toEqual([]);
  });

  it.each([{ status: 'broken' }, { limit: '0' }, { limit: '101' }, { cursor: 'broken' }])(
    'refuses %j',
    async (query) => {
      const [name] = Object.keys(query);
      expect(await api.call({ path, query: query as unknown as Record<string, string> })).toMatchObject({
        statusCode: 400,
        json: { validation_errors: [{ loc: ['query', name] }] },
      });
    },
  );

  it('refuses the cursor of another list', async () => {
    const { cursor = '' } = await page({ limit: '1' });
    expect((await api.call({ path, query: { cursor, status: 'failed' } })).statusCode).toBe(400);
  });
});

describe('PUT /batches/{id}/cancel', () => {
  const cancel = (batchId: string) => api.call({ method: 'PUT', path: `/batches/${batchId}/cancel` });

  it.each(['reading', 'running'] as const)(
    'asks for the end of a batch that is %s, any number of times',
    async (state) => {
      const batchId = await newBatch();
      if (state === 'running') await advance(batchId, 'running', { lines: 1, jobs: 1 });
      const dispatches = api.recorded.dispatches;
      const first = await cancel(batchId);
      expect(first).toMatchObject({ statusCode: 202, json: { status: state, cancelRequestedAt: expect.any(String) } });
      expect(api.recorded.dispatches).toBe(dispatches + 1);
      api.clock.advance(1_000);
      expect((await cancel(batchId)).json['cancelRequestedAt']).toBe(first.json['cancelRequestedAt']);
    },
  );

  it.each(['reporting', 'finished', 'refused'] as const)('comes too late for one that is %s', async (state) => {
    const batchId = await newBatch();
    await advance(batchId, state);
    expect(await cancel(batchId)).toMatchObject({ statusCode: 409, json: { error_code: 'batch_ended' } });
  });
});

describe('POST /batches/{id}/retry', () => {
  const retry = (batchId: string) => api.call({ method: 'POST', path: `/batches/${batchId}/retry` });
  const counts = { succeeded: 1, partially_succeeded: 0, failed: 1, cancelled: 0, timed_out: 1 };

  it('is one new batch for those that failed or timed out', async () => {
    const batchId = await newBatch();
    await advance(batchId, 'finished', { lines: 3, jobs: 3, counts });
    const { statusCode, json, headers } = await retry(batchId);
    expect([statusCode, json['retryOf'], json['priority']]).toEqual([202, batchId, 'low']);
    expect(headers['location']).toBe(`https://gateway.test/batches/${json['batchId']}`);
    expect((await retry(batchId)).json['batchId']).toBe(json['batchId']);
    expect(await batchOf(String(json['batchId']))).toMatchObject({
      caller: 'alice',
      state: 'reading',
      retryOf: batchId,
    });
  });

  it('is refused before the end, and where nothing failed', async () => {
    const batchId = await newBatch();
    expect(await retry(batchId)).toMatchObject({ statusCode: 409, json: { error_code: 'batch_not_finished' } });
    await advance(batchId, 'finished', { lines: 1, jobs: 1, counts: { ...counts, failed: 0, timed_out: 0 } });
    expect(await retry(batchId)).toMatchObject({ statusCode: 409, json: { error_code: 'nothing_failed' } });
  });
});

describe.each(['jsonl', 'csv'])('GET /batches/{id}/report.%s', (format) => {
  it.each(['finished', 'refused'] as const)('leads to the file once the batch is %s', async (state) => {
    const batchId = await newBatch();
    const path = `/batches/${batchId}/report.${format}`;
    expect(await api.call({ path })).toMatchObject({ statusCode: 409, json: { error_code: 'batch_not_finished' } });
    await advance(batchId, state);
    expect(await api.call({ path })).toMatchObject({
      statusCode: 302,
      headers: { location: expect.stringContaining(`/outputs-bucket/batches/${batchId}/report.${format}?`) },
    });
    expect(await api.call({ path, query: { format: 'json' } })).toMatchObject({
      statusCode: 200,
      json: { url: expect.stringContaining(`/outputs-bucket/batches/${batchId}/report.${format}?`) },
    });
  });
});
