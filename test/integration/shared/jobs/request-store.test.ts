import { describe, expect, it } from 'vitest';
import type { Table } from '#shared/aws/table.ts';
import type { NewJob } from '#shared/jobs/job.ts';
import { createJob, deleteJob, getJob } from '#shared/jobs/job-store.ts';
import type { Lane } from '#shared/jobs/lanes/lane.ts';
import { buildRank } from '#shared/jobs/lanes/rounds.ts';
import { forgetSecretHeaders, readRequest, readSecretHeaders, storeRequest } from '#shared/jobs/request-store.ts';
import { endJob } from '#shared/jobs/transitions.ts';
import { publishEnded } from '#shared/outbox/publish-ended.ts';
import { createEventBus } from '#test/fixtures/event-bus.ts';
import { allItems, itemOf, readJob, type TestDynamoDb } from '#test/fixtures/job-table.ts';
import type { ManualClock } from '#test/fixtures/manual-clock.ts';
import { assign, enqueue, newJob } from '#test/fixtures/queue.ts';
import { useJobTable } from '#test/fixtures/use-job-table.ts';

let clock: ManualClock;
let table: Table;
let lane: Lane;
let dynamoDb: TestDynamoDb;
useJobTable((fresh) => {
  ({ table, lane, clock, dynamoDb } = fresh);
});

const create = (job: NewJob, to: Table = table) =>
  createJob(to, job, { rank: buildRank(job.priority, 0, job.jobId), round: 0 });
const outbox = () => ({ table, bus: createEventBus().bus, log: { warn: () => {} }, recordMetric: () => {} });
const requestItems = async () => (await allItems(table)).filter(({ sk }) => String(sk).startsWith('request#'));
const yearSeconds = 365 * 86_400;

/** A request that is too long for the record of its job. */
const write = (prompt: string): string => JSON.stringify({ prompt, style: { presets: Array(40).fill('sepia') } });

/** The table of a process that dies at its n-th write, before or after it. */
const dyingTable = (nth: number, fate: 'before' | 'after'): Table => {
  const { own, client } = dynamoDb.reconnect(table);
  let writes = 0;
  client.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        if (!/^(Put|Update|Delete)Item/.test(commandName ?? '')) return next(args);
        writes += 1;
        if (writes === nth && fate === 'before') throw new Error('died');
        const answer = await next(args);
        if (writes === nth) throw new Error('died');
        return answer;
      },
    { step: 'initialize' },
  );
  return own;
};

describe('a new job', () => {
  it.each([
    [1, 'before'],
    [1, 'after'],
    [2, 'before'],
    [2, 'after'],
  ] as const)(
    'is whole or not there when its process dies at write %i, %s it, and whole after a repetition',
    async (nth, fate) => {
      const job = newJob({ request: write('a heron') });
      await expect(create(job, dyingTable(nth, fate))).rejects.toThrow('died');
      const isThere = nth === 2 && fate === 'after';
      expect((await getJob(table, job.jobId)) !== undefined).toBe(isThere);
      for (const { expiresAt } of await requestItems()) {
        expect(expiresAt).toBe(Math.floor(clock.now() / 1000) + yearSeconds);
      }
      expect((await create(job)).created).toBe(!isThere);
      expect((await readJob(table, job)).request).toBe(job.request);
      expect(await requestItems()).toHaveLength(1);
    },
  );

  it('has its own request though a crash left another one under its id', async () => {
    const [first, second] = ['a', 'b'].map((prompt) => ({ request: write(prompt), requestHash: prompt }));
    const { jobId } = newJob();
    await storeRequest(table, newJob({ jobId, ...first }));
    await create(newJob({ jobId, ...second }));
    expect((await readJob(table, { jobId })).request).toBe(write('b'));
  });

  it('has the request of its record where ten different ones come at once, and the others expire at once', async () => {
    const { jobId } = newJob();
    const asked = Array.from({ length: 10 }, (_, index) =>
      newJob({ jobId, requestHash: `hash-${index}`, request: write(String(index)) }),
    );
    const made = await Promise.all(asked.map((job) => create(job)));
    const winner = asked[made.findIndex(({ created }) => created)];
    expect((await readJob(table, { jobId })).request).toBe(winner?.request);
    const now = Math.floor(clock.now() / 1000);
    const left = (await requestItems()).filter(({ expiresAt }) => Number(expiresAt) > now);
    expect(left.map(({ request }) => request)).toEqual([winner?.request]);
  });
});

describe('the end of a job', () => {
  const end = async (fields: Partial<NewJob> = {}) => {
    const job = await enqueue(lane, fields);
    const ended = await endJob(table, job, ['queued'], { to: 'cancelled' });
    if (ended === undefined) throw new Error('The job has not ended.');
    return ended;
  };
  it('lets its request expire with its record, once and again', async () => {
    const ended = await end({ request: write('a heron') });
    await publishEnded(outbox(), ended);
    await publishEnded(outbox(), ended);
    const { expiresAt } = await itemOf(table, ended);
    expect((await requestItems()).map((item) => item['expiresAt'])).toEqual([expiresAt]);
  });

  it('brings no request back that was erased meanwhile', async () => {
    const ended = await end();
    expect(await deleteJob(table, ended.jobId)).toBe(false);
    await publishEnded(outbox(), ended);
    expect(await deleteJob(table, ended.jobId)).toBe(true);
    expect(await readRequest(table, ended)).toBeUndefined();
    expect(await allItems(table)).toEqual(expect.not.arrayContaining([expect.objectContaining({ sk: 'job' })]));
  });
});

describe('a short request', () => {
  const job = newJob({ request: '{"prompt":"a heron"}' });

  it.each(['before', 'after'] as const)(
    'is there with its job or not at all when the process dies %s the one write, and there after a repetition',
    async (fate) => {
      await expect(create(job, dyingTable(1, fate))).rejects.toThrow('died');
      expect(await allItems(table)).toHaveLength(fate === 'after' ? 1 : 0);
      expect((await create(job)).created).toBe(fate === 'before');
      expect((await readJob(table, job)).request).toBe(job.request);
      expect(await requestItems()).toEqual([]);
    },
  );

  it('is that of the one job that ten different ones at once lead to, a long one among them', async () => {
    const asked = Array.from({ length: 10 }, (_, index) => {
      const request = index === 4 ? write('a heron') : JSON.stringify({ prompt: String(index) });
      return { ...job, request, requestHash: `hash-${index}` };
    });
    const made = await Promise.all(asked.map((each) => create(each)));
    const winners = asked.filter((_, index) => made[index]?.created);
    expect(winners.map(({ request }) => request)).toEqual([(await readJob(table, job)).request]);
    expect(await Promise.all(made.map(async (each) => (await readRequest(table, each.job))?.request))).toEqual(
      Array(10).fill(winners[0]?.request),
    );
  });

  it('goes with its job, and at once where the record must stay until its end is published', async () => {
    const { jobId } = (await create(job)).job;
    const ended = await endJob(table, { ...(await readJob(table, job)) }, ['queued'], { to: 'cancelled' });
    expect(await deleteJob(table, jobId)).toBe(false);
    expect(JSON.stringify(await allItems(table))).not.toContain('heron');
    if (ended !== undefined) await publishEnded(outbox(), ended);
    expect(await deleteJob(table, jobId)).toBe(true);
  });

  it('stands apart where secrets go with it', async () => {
    const secret = { ...job, secretHeaders: { 'x-secret': 'swordfish' } };
    await create(secret);
    expect(await requestItems()).toHaveLength(1);
    expect(JSON.stringify(await itemOf(table, job))).not.toMatch(/swordfish|"request":/);
  });
});

describe('a request of 100 KB', () => {
  const large = { request: JSON.stringify({ prompt: 'x'.repeat(100_000) }) };

  it('stands in no index and in no record', async () => {
    await enqueue(lane, large);
    for (const index of ['queue', 'caller']) {
      expect(JSON.stringify(await allItems(table, index)).length).toBeLessThan(1_000);
    }
    expect(JSON.stringify((await allItems(table)).filter(({ sk }) => sk === 'job')).length).toBeLessThan(2_000);
  });

  it('is neither read nor written by the steps of its job', async () => {
    const { own, client } = dynamoDb.reconnect(table);
    let units = 0;
    client.middlewareStack.add(
      (next) => async (args) => {
        const answer = await next({
          ...args,
          input: { ...args.input, ReturnConsumedCapacity: 'TOTAL' },
        } as typeof args);
        const { ConsumedCapacity } = answer.output as { ConsumedCapacity?: { CapacityUnits?: number } };
        units += ConsumedCapacity?.CapacityUnits ?? 0;
        return answer;
      },
      { step: 'initialize' },
    );
    const job = await enqueue(lane, large);
    const begun = await assign({ ...lane, table: own }, job, clock.now());
    if (begun === undefined) throw new Error('The turn did not begin.');
    await endJob(own, begun, ['scheduled'], { to: 'cancelled' });
    expect(units).toBeGreaterThan(0);
    expect(units).toBeLessThan(25);
  });
});

describe('the secrets of a caller that go to Adobe with a request', () => {
  const token = 'aem-token-1';
  const secretHeaders = { 'x-aem-token': token };
  const everything = async () => JSON.stringify(await allItems(table));

  it('are read for the submit, and stand in no record', async () => {
    const job = newJob({ secretHeaders });
    await create(job);
    expect(await readSecretHeaders(table, job)).toEqual(secretHeaders);
    expect(await readRequest(table, job)).toEqual({ request: job.request });
    expect(JSON.stringify(await itemOf(table, job))).not.toContain(token);
    expect(JSON.stringify(await readJob(table, job))).not.toContain(token);
  });

  it('are gone once Adobe has the job, however often they are erased; the request stays', async () => {
    const job = newJob({ secretHeaders });
    await create(job);
    await forgetSecretHeaders(table, job);
    await forgetSecretHeaders(table, job);
    expect(await everything()).not.toContain(token);
    expect(await readSecretHeaders(table, job)).toEqual({});
    expect(await readRequest(table, job)).toEqual({ request: job.request });
  });

  it('are gone with the end of a job that Adobe never had', async () => {
    const job = newJob({ secretHeaders });
    await create(job);
    const ended = await endJob(table, await readJob(table, job), ['queued'], { to: 'cancelled' });
    if (ended === undefined) throw new Error('The job did not end.');
    await publishEnded(outbox(), ended);
    expect(await everything()).not.toContain(token);
  });

  it('are none of a request that has none', async () => {
    const job = newJob({});
    await create(job);
    expect(await readSecretHeaders(table, job)).toEqual({});
    await forgetSecretHeaders(table, newJob({}));
  });
});
