import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { enqueueLines } from '#functions/inbox/read/enqueue-lines.ts';
import { requestBatchCancel } from '#shared/batches/batch-progress.ts';
import { batchIdOfRetry, createBatch } from '#shared/batches/batch-store.ts';
import { setAsideJob } from '#shared/jobs/set-aside.ts';
import { endJob } from '#shared/jobs/transitions.ts';
import { publishEnded } from '#shared/outbox/publish-ended.ts';
import { itemOf, putItems, replaceRequest } from '#test/fixtures/job-table.ts';
import { jsonLine, type Rig, type Servers, startServers } from './rig.ts';

let servers: Servers;
beforeAll(async () => {
  servers = await startServers();
});
afterAll(() => servers.close());

let rig: Rig;
beforeEach(async () => {
  rig = await servers.rig();
});

/** Makes DynamoDB refuse the writes that hold both texts, as it refuses those of an item that would pass 400 KB. */
const refuseWrites = (...texts: string[]): void => {
  rig.dynamoDb.middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        const input = JSON.stringify(args.input);
        if (!/^(Put|Update)/.test(commandName) || !texts.every((text) => input.includes(text))) return next(args);
        throw Object.assign(new Error('Item size has exceeded the maximum allowed size.'), {
          name: 'ValidationException',
        });
      },
    { step: 'initialize' },
  );
};

const read = async (...lines: string[]): Promise<string> => {
  const batchId = await rig.drop('requests.jsonl', lines.join('\n'));
  expect(await rig.dispatch()).toEqual([{ state: 'running' }]);
  return batchId;
};

const three = ['a', 'b', 'c'].map((id) => jsonLine(`picture ${id}`, { id }));

/** What the report says of each line. */
const outcomes = async (batchId: string): Promise<string[]> =>
  (await rig.report(batchId)).map(({ state, error }) => error?.code ?? state);

/** Leaves the record of a job without an attribute that every job has. */
const spoil = async (batchId: string, line: number): Promise<void> => {
  const { history: _, ...item } = await itemOf(rig.context.table, await rig.job(batchId, line));
  await putItems(rig.context.table, [item]);
};

describe('a line', () => {
  it('that DynamoDB does not take as a job is rejected alone', async () => {
    refuseWrites('picture b');
    const batchId = await read(...three);
    expect(await rig.batch(batchId)).toMatchObject({ lines: 3, jobs: 2, rejected: 1 });
    for (const line of [1, 3]) await rig.end(batchId, line);
    expect(await rig.dispatch()).toEqual([{ state: 'finished' }]);
    expect(await outcomes(batchId)).toEqual(['succeeded', 'line_unprocessable', 'succeeded']);
    expect((await rig.report(batchId))[1]).toMatchObject({ line: 2, id: 'b' });
    expect(await rig.batch(batchId)).toMatchObject({ jobs: 2, rejected: 1, counts: { succeeded: 2 } });
  });

  it('for a service that is switched off is rejected by its name', async () => {
    rig = await servers.rig({ lanes: new Map() });
    const batchId = await rig.drop('requests.jsonl', three.join('\n'));
    await rig.dispatch();
    expect(await rig.batch(batchId)).toMatchObject({ lines: 3, jobs: 0, rejected: 3 });
    expect(await outcomes(batchId)).toEqual(['service_disabled', 'service_disabled', 'service_disabled']);
  });

  it('on which the gateway fails is rejected alone, and nothing of it is logged', async () => {
    rig = await servers.rig({
      operations: {
        get 'images/upscale'(): never {
          throw new Error('picture b');
        },
      },
    });
    const [first = '', second = '', third = ''] = three;
    const upscale = second.replace('images/generate', 'images/upscale');
    const batchId = await read(first, upscale, third);
    expect(await rig.batch(batchId)).toMatchObject({ jobs: 2, rejected: 1 });
    expect(rig.lines).toContainEqual(
      expect.objectContaining({ level: 'error', fields: { batchId, line: 2, error: 'Error' } }),
    );
    expect(JSON.stringify(rig.lines)).not.toContain('picture');
  });

  it('whose job is there and cannot be read counts as a job, and the others are read again', async () => {
    const batchId = await read(...three);
    await spoil(batchId, 2);
    const lines = three.map((json, index) => ({ kind: 'request', json, line: index + 1 }) as const);
    const lease = { leaseEndsAt: rig.clock.now() + 1, isRepeated: true, begunAt: rig.clock.now() };
    expect(await enqueueLines(rig.context, await rig.batch(batchId), lines, lease)).toMatchObject({
      jobs: 3,
      rejected: 0,
    });
  });
});

describe('a job of a batch', () => {
  it('that cannot be read or written is no hindrance to cancelling the others, nor to the report', async () => {
    const batchId = await read(...three, jsonLine('picture d'));
    const unreadable = await rig.job(batchId, 2);
    await spoil(batchId, 2);
    refuseWrites((await rig.job(batchId, 3)).jobId, 'cancelled');
    await requestBatchCancel(rig.context.table, await rig.batch(batchId));
    await rig.dispatch();
    expect(await rig.batch(batchId)).toMatchObject({ counts: { cancelled: 2 }, cancelledAt: expect.any(String) });
    expect((await rig.job(batchId, 3)).state).toBe('queued');
    // When their turns come, dispatch sets the one aside, and the other runs.
    const setAside = await setAsideJob(rig.context.table, unreadable);
    if (setAside !== undefined) await publishEnded(rig.context, setAside);
    await rig.end(batchId, 3);
    expect(await rig.dispatch()).toEqual([{ state: 'finished' }]);
    expect(await outcomes(batchId)).toEqual(['cancelled', 'job_unprocessable', 'succeeded', 'cancelled']);
  });

  it('whose record takes neither the mark of the count nor an expiry lets the batch end all the same', async () => {
    const batchId = await read(...three);
    const { table } = rig.context;
    const job = await rig.job(batchId, 2);
    expect(await endJob(table, job, ['queued'], { to: 'cancelled' })).toBeDefined();
    refuseWrites(job.jobId, 'countedAt');
    refuseWrites(job.jobId, 'expiresAt');
    for (const line of [1, 3]) await rig.end(batchId, line);
    rig.clock.advance(16 * 60_000);
    expect(await rig.dispatch()).toEqual([{ state: 'finished' }]);
    expect(await outcomes(batchId)).toEqual(['succeeded', 'cancelled', 'succeeded']);
    expect(await rig.batch(batchId)).toMatchObject({ jobs: 3, counts: { succeeded: 2, cancelled: 1 } });
    const expiries = [1, 2, 3].map(async (line) => (await itemOf(table, await rig.job(batchId, line)))['expiresAt']);
    expect(await Promise.all(expiries)).toEqual([expect.any(Number), undefined, expect.any(Number)]);
  });

  it('whose request cannot be read any more is rejected alone in a retry', async () => {
    const batchId = await read(...three);
    const { table } = rig.context;
    const failed = { to: 'failed', error: { code: 'internal_error', message: 'Adobe failed.' } } as const;
    for (const line of [1, 2, 3]) await rig.end(batchId, line, failed);
    await replaceRequest(table, await rig.job(batchId, 2), '{"prompt":');
    const { caller, priority, retentionSeconds } = await rig.batch(batchId);
    const retry = { batchId: batchIdOfRetry(batchId), caller, priority, retryOf: batchId, retentionSeconds };
    await createBatch(table, retry, rig.clock.now());
    await rig.dispatch();
    expect(await rig.batch(retry.batchId)).toMatchObject({ lines: 3, jobs: 2, rejected: 1 });
    for (const line of [1, 3]) await rig.end(retry.batchId, line);
    await rig.dispatch();
    expect((await rig.report(retry.batchId))[1]).toMatchObject({ id: 'b', error: { code: 'invalid_json' } });
  });
});
