import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { recoverEnds } from '#functions/dispatch/recover-ends.ts';
import { recoverJobs } from '#functions/dispatch/recover-jobs.ts';
import { isOver } from '#shared/batches/batch.ts';
import { advanceBatch } from '#shared/batches/batch-progress.ts';
import { createBatch, getBatch, jobIdOfLine } from '#shared/batches/batch-store.ts';
import { markCounted } from '#shared/batches/count-end.ts';
import { deleteJob, getJob } from '#shared/jobs/job-store.ts';
import { endJob } from '#shared/jobs/transitions.ts';
import { publishEnded } from '#shared/outbox/publish-ended.ts';
import { loseAnswers } from '#test/fixtures/lost-answers.ts';
import { createLane, enqueue } from '#test/fixtures/queue.ts';
import { createRandom } from '#test/fixtures/random.ts';
import { makeUnreliable } from '#test/fixtures/unreliable-dynamodb.ts';
import { startApi } from '../api/fixture.ts';
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

const minuteMs = 60_000;
const leaseMs = 15 * minuteMs;

const readBatch = async (lines: number): Promise<string> => {
  const file = Array.from({ length: lines }, (_, index) => jsonLine(`picture ${index}`)).join('\n');
  const batchId = await rig.drop('requests.jsonl', file);
  expect(await rig.dispatch()).toEqual([{ state: 'running' }]);
  return batchId;
};

const endSilently = async (batchId: string, line: number) => {
  const ended = await endJob(rig.context.table, await rig.job(batchId, line), ['queued'], { to: 'succeeded' });
  if (ended === undefined) throw new Error('The job had ended before.');
  return ended;
};

const recover = async () => {
  await recoverJobs({ ...rig, ...rig.context, startTurn: async () => {} });
  await recoverEnds({ ...rig, ...rig.context }, 'jobs');
};

const linesTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1);

describe('the counts of a batch', () => {
  it('have each job once, however many tell of its end at once', async () => {
    const batchId = await readBatch(10);
    const ended = await Promise.all(linesTo(10).map((line) => endSilently(batchId, line)));
    rig.clock.advance(minuteMs);
    // The function that ended a job, a resumed one, and two runs of dispatch.
    await Promise.all([
      ...ended.flatMap((job) => [publishEnded(rig.context, job), publishEnded(rig.context, job)]),
      recover(),
      recover(),
    ]);
    expect(await rig.batch(batchId)).toMatchObject({ state: 'reporting', counts: { succeeded: 10 }, revision: 10 });
    expect(await rig.dispatch()).toEqual([{ state: 'finished' }]);
  });

  it('are made up for when a crash comes between the mark of a job and its count', async () => {
    const batchId = await readBatch(3);
    const crashed = await endSilently(batchId, 1);
    await markCounted(rig.context.table, crashed.jobId);
    for (const line of [2, 3]) await rig.end(batchId, line);
    rig.clock.advance(leaseMs - 1);
    await recover();
    expect(await rig.dispatch()).toEqual([]);
    expect(await rig.batch(batchId)).toMatchObject({ state: 'running', counts: { succeeded: 2 } });
    rig.clock.advance(1);
    expect(await rig.dispatch()).toEqual([{ state: 'finished' }]);
    expect(await rig.batch(batchId)).toMatchObject({ jobs: 3, counts: { succeeded: 3 } });
  });

  it('are made up for within minutes also after a stand-still of days', async () => {
    const batchId = await readBatch(3);
    for (let day = 0; day < 3; day += 0.25) {
      rig.clock.advance(6 * 60 * minuteMs);
      await rig.dispatch();
    }
    await rig.end(batchId, 1);
    for (const line of [2, 3]) await markCounted(rig.context.table, (await endSilently(batchId, line)).jobId);
    await recover();
    rig.clock.advance(leaseMs);
    expect(await rig.dispatch()).toEqual([{ state: 'finished' }]);
  });

  it('that are too high let no job be left out of the report', async () => {
    const batchId = await readBatch(3);
    const lost = loseAnswers(rig.dynamoDb, { times: 1, matches: ({ input }) => isCount(input) });
    for (const line of [1, 2]) await rig.end(batchId, line);
    expect(lost()).toBe(1);
    expect(await rig.batch(batchId)).toMatchObject({ state: 'reporting', counts: { succeeded: 3 } });
    // Somebody might be counting still.
    expect(await rig.dispatch()).toEqual([{ state: 'reporting' }]);
    rig.clock.advance(2 * minuteMs);
    expect(await rig.dispatch()).toEqual([{ state: 'running' }]);
    expect(await rig.batch(batchId)).toMatchObject({ state: 'running', counts: { succeeded: 2 } });
    await rig.end(batchId, 3);
    expect(await rig.dispatch()).toEqual([{ state: 'finished' }]);
    expect((await rig.report(batchId)).map(({ state }) => state)).toEqual(['succeeded', 'succeeded', 'succeeded']);
  });

  it.each([1, 2])('come out right however unreliable DynamoDB is (seed %i)', async (seed) => {
    const batchId = await readBatch(20);
    const random = createRandom(seed);
    let isReliable = false;
    makeUnreliable(rig.dynamoDb, rig.clock, () => (isReliable ? 1 : random()), {
      crashBefore: 0.05,
      crashAfter: 0.05,
      lostAnswer: 0.05,
      slow: 0.1,
      slowMs: 2_000,
    });
    const died = () => undefined;
    const endAndTell = async (line: number) => {
      const ended = await endSilently(batchId, line);
      await publishEnded(rig.context, ended);
    };
    await Promise.all(linesTo(20).map((line) => endAndTell(line).catch(died)));
    isReliable = true;
    for (const line of linesTo(20)) await rig.end(batchId, line);
    for (let look = 0; look < 10 && !isOver((await rig.batch(batchId)).state); look += 1) {
      await recover();
      await rig.dispatch();
      rig.clock.advance(leaseMs);
    }
    expect(await rig.batch(batchId)).toMatchObject({ state: 'finished', jobs: 20, counts: { succeeded: 20 } });
    expect((await rig.report(batchId)).map(({ state }) => state)).toEqual(Array(20).fill('succeeded'));
  });
});

const isCount = (input: Record<string, unknown>): boolean =>
  /#counts\.#\w+ = #counts\.#\w+ \+ /.test(String(input['UpdateExpression']));

describe('a job of a batch', () => {
  it('is counted when its owner cancels it', async () => {
    const api = await startApi();
    const { table } = api;
    const batch = { batchId: crypto.randomUUID(), caller: 'alice', priority: 'low', retentionSeconds: 60 } as const;
    await createBatch(table, batch, table.clock.now());
    const run = { batchId: batch.batchId, run: 0 };
    await advanceBatch(table, run, { from: ['reading'], to: 'running', changes: { jobs: 1, lines: 1 } });
    const jobId = jobIdOfLine(batch.batchId, 1);
    await enqueue(createLane(table), { jobId, caller: 'alice', batchId: batch.batchId, line: 1 });
    expect((await api.call({ method: 'PUT', path: `/v3/cancel/${jobId}` })).statusCode).toBe(200);
    expect(await getBatch(table, batch.batchId)).toMatchObject({ state: 'reporting', counts: { cancelled: 1 } });
    await api.close();
  });

  it('that was counted may be erased while the others run: its row says so', async () => {
    const batchId = await readBatch(3);
    await rig.end(batchId, 1);
    await deleteJob(rig.context.table, jobIdOfLine(batchId, 1));
    for (const line of [2, 3]) await rig.end(batchId, line);
    expect(await rig.dispatch()).toEqual([{ state: 'finished' }]);
    expect((await rig.report(batchId)).map(({ state }) => state)).toEqual(['erased', 'succeeded', 'succeeded']);
  });

  it('that was erased uncounted keeps nobody waiting', async () => {
    const batchId = await readBatch(3);
    const crashed = await endSilently(batchId, 1);
    await markCounted(rig.context.table, crashed.jobId);
    rig.clock.advance(minuteMs);
    await recover();
    expect(await deleteJob(rig.context.table, crashed.jobId)).toBe(true);
    for (const line of [2, 3]) await rig.end(batchId, line);
    rig.clock.advance(leaseMs);
    expect(await rig.dispatch()).toEqual([{ state: 'finished' }]);
    expect(await rig.batch(batchId)).toMatchObject({ jobs: 2, counts: { succeeded: 2 } });
  });

  it('is there for the report however long the others take, and then for as long as the batch', async () => {
    const batchId = await readBatch(3);
    const { table, retentionSeconds } = rig.context;
    await rig.end(batchId, 1);
    rig.clock.advance(400 * 86_400_000);
    for (const line of [2, 3]) await rig.end(batchId, line);
    expect(await rig.dispatch()).toEqual([{ state: 'finished' }]);
    expect((await rig.report(batchId)).map(({ state }) => state)).toEqual(['succeeded', 'succeeded', 'succeeded']);
    rig.clock.advance(retentionSeconds * 1000 - 1);
    expect(await getJob(table, jobIdOfLine(batchId, 1))).toBeDefined();
    rig.clock.advance(2 * 86_400_000);
    expect(await getJob(table, jobIdOfLine(batchId, 1))).toBeUndefined();
    expect(await getBatch(table, batchId)).toBeUndefined();
  });
});
