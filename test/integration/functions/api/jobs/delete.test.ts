import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { advanceBatch } from '#shared/batches/batch-progress.ts';
import { createBatch } from '#shared/batches/batch-store.ts';
import { outputsFolder } from '#shared/deployment/bucket.ts';
import { getJob } from '#shared/jobs/job-store.ts';
import { endJob } from '#shared/jobs/transitions.ts';
import { createLane, enqueue } from '#test/fixtures/queue.ts';
import { startApi, success, type TestApi } from '../fixture.ts';

describe('DELETE /jobs/{jobId}', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await startApi();
  });
  afterAll(() => api.close());

  const cancel = (jobId: string) => api.call({ method: 'PUT', path: `/v3/cancel/${jobId}` });
  const erase = (jobId: string) => api.call({ method: 'DELETE', path: `/jobs/${jobId}` });
  const record = (jobId: string) => api.call({ path: `/jobs/${jobId}` });
  const status = (jobId: string) => api.call({ path: `/v3/status/${jobId}` });

  it('erases a finished job, its record last', async () => {
    const jobId = await api.submit();
    await api.end(jobId, success(jobId));
    expect(await erase(jobId)).toMatchObject({ statusCode: 204, body: '' });
    expect(api.recorded.erased.at(-3)).toBe(`incoming/${jobId}/`);
    expect(api.recorded.erased.at(-2)).toMatch(new RegExp(`^outputs/2026/03/01/${jobId}/$`));
    expect(api.recorded.erased.at(-1)).toBe(`thumbnails/${api.recorded.erased.at(-2)}`);
    expect((await erase(jobId)).statusCode).toBe(404);
  });

  it('erases what has names in the folder of its batch, and nothing beside it', async () => {
    const folder = `outputs/2026/03/01/${randomUUID()}/`;
    const outputName = { name: 'kite', count: 2, folder };
    const job = await enqueue(createLane(api.table), { caller: 'alice', outputName });
    await endJob(api.table, job, ['queued'], { to: 'cancelled' });
    const before = api.recorded.erased.length;
    expect((await erase(job.jobId)).statusCode).toBe(204);
    const prefixes = [outputsFolder(job), `${folder}kite-1.`, `${folder}kite-2.`];
    expect(api.recorded.erased.slice(before)).toEqual([
      `incoming/${job.jobId}/`,
      ...prefixes.flatMap((prefix) => [prefix, `thumbnails/${prefix}`]),
    ]);
  });

  it('announces an end that nobody has announced yet before it forgets it, and no other', async () => {
    const [crashed, announced] = [await api.submit(), await api.submit()];
    await api.end(crashed, success(crashed));
    await cancel(announced);
    const events = api.recorded.events.length;
    await erase(crashed);
    await erase(announced);
    expect(api.recorded.events.slice(events)).toEqual([
      { Entries: [expect.objectContaining({ Detail: expect.stringContaining(crashed) })] },
    ]);
    expect((await record(crashed)).statusCode).toBe(404);
  });

  it('refuses to erase a job that is not finished', async () => {
    const jobId = await api.submit();
    expect(await erase(jobId)).toMatchObject({ statusCode: 409, json: { error_code: 'job_not_finished' } });
    expect(await getJob(api.table, jobId)).toBeDefined();
  });

  it('refuses to erase a job while the file of its batch is read, where it would be made again', async () => {
    const batch = { batchId: randomUUID(), caller: 'alice', priority: 'low', retentionSeconds: 60 } as const;
    await createBatch(api.table, batch, api.table.clock.now());
    const job = await enqueue(createLane(api.table), { caller: 'alice', batchId: batch.batchId, line: 1 });
    await endJob(api.table, job, ['queued'], { to: 'cancelled' });
    expect(await erase(job.jobId)).toMatchObject({ statusCode: 409, json: { error_code: 'batch_not_read' } });
    await advanceBatch(api.table, { batchId: batch.batchId, run: 0 }, { from: ['reading'], to: 'running' });
    expect((await erase(job.jobId)).statusCode).toBe(204);
  });

  it('can be repeated after S3 has failed', async () => {
    let broken = true;
    const failing = await startApi({
      objects: {
        erase: async () => {
          if (broken) throw new Error('S3 is away');
          return 0;
        },
      },
    });
    const jobId = await failing.submit();
    await failing.end(jobId, success(jobId));
    expect((await failing.call({ method: 'DELETE', path: `/jobs/${jobId}` })).statusCode).toBe(500);
    broken = false;
    expect((await failing.call({ method: 'DELETE', path: `/jobs/${jobId}` })).statusCode).toBe(204);
    await failing.close();
  });

  it('lets an idempotency key make a new job after its old one is erased', async () => {
    const options = { headers: { 'idempotency-key': 'again' } };
    const jobId = await api.submit(options);
    await cancel(jobId);
    await erase(jobId);
    expect(await api.submit(options, { prompt: 'another cat' })).toBe(jobId);
    expect((await status(jobId)).json['status']).toBe('pending');
  });
});
