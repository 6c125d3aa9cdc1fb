import { PutObjectCommand } from '@aws-sdk/client-s3';
import pMap from 'p-map';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { StartTurn } from '#functions/dispatch/context.ts';
import { dispatch } from '#functions/dispatch/dispatch.ts';
import { runJob } from '#functions/generate/run-job.ts';
import type { TurnEnd } from '#functions/generate/turn.ts';
import { reportUnreadable } from '#shared/aws/items.ts';
import { uploadsFolder } from '#shared/deployment/bucket.ts';
import type { EventBus } from '#shared/events/publish.ts';
import { isFinal, type Job, type NewJob, type Turn } from '#shared/jobs/job.ts';
import { allItems, itemOf, putItems, putLargest, replaceRequest } from '#test/fixtures/job-table.ts';
import { createLane, dispatchContext, enqueue, onlyLane, perMinute } from '#test/fixtures/queue.ts';
import { runDurably } from '#test/fixtures/replayed-execution.ts';
import { type Rig, type Servers, startServers, submitPath } from '../generate/rig.ts';

let servers: Servers;
beforeAll(async () => {
  servers = await startServers();
});
afterAll(() => servers.close());

const neighbours = 993;

/** Each bad job, and what it must have come to by the time that all others have ended. */
const kinds: Record<string, { state: string; code?: string }> = {
  'unwritable record': { state: 'failed', code: 'job_unprocessable' },
  'unreadable record': { state: 'failed', code: 'job_unprocessable' },
  'unbuildable request': { state: 'failed', code: 'request_unsendable' },
  'input that always fails': { state: 'queued', code: 'input_not_uploaded' },
  'unpublishable end': { state: 'succeeded' },
  'hostile status': { state: 'failed' },
  'malformed output': { state: 'partially_succeeded' },
};

/** An Adobe that answers each job by what its prompt names. */
const scriptAdobe = (rig: Rig): void => {
  const { adobe, storage } = rig;
  const follow = (kind: string) => `/v3/status/${encodeURIComponent(kind)}`;
  adobe.script('POST', submitPath, ({ body }) => {
    const { prompt } = JSON.parse(body) as { prompt: string };
    return { status: 202, body: { jobId: prompt, statusUrl: adobe.url + follow(prompt) } };
  });
  adobe.script('POST', '/v2/storage/image', { status: 503, body: { error_code: 'unavailable' } });
  storage.script('GET', '/0', { status: 200, body: 'picture', headers: { 'content-type': 'image/jpeg' } });
  const output = { seed: 1, image: { url: `${storage.url}/0` } };
  const success = (...outputs: unknown[]) => ({
    status: 200,
    body: { status: 'succeeded', jobId: 'x', result: { outputs } },
  });
  for (const kind of ['good', 'unpublishable end']) adobe.script('GET', follow(kind), success(output));
  adobe.script('GET', follow('malformed output'), success(output, { image: 'none' }));
  const long = 'x'.repeat(400_000);
  adobe.script('GET', follow('hostile status'), {
    status: 200,
    body: { status: 'failed', jobId: 'x', error_code: long, message: long },
  });
};

const queueBadJobs = async (rig: Rig): Promise<Map<string, Job>> => {
  const { table, s3 } = rig.context;
  const lane = createLane(table);
  const key = `${uploadsFolder('input that always fails')}a.png`;
  const png = Buffer.from('89504e470d0a1a0a0000000d4948445200000010000000100802000000907768de', 'hex');
  await s3.send(new PutObjectCommand({ Bucket: 'outputs', Key: key, Body: png, ContentType: 'image/png' }));
  const style = { imageReference: { source: { url: `s3://outputs/${key}` } } };
  const requests: Record<string, string> = {
    'input that always fails': JSON.stringify({ prompt: 'good', style }),
    'malformed output': JSON.stringify({ prompt: 'malformed output', numVariations: 2 }),
  };
  const queued = new Map<string, Job>();
  for (const kind of Object.keys(kinds)) {
    const request = requests[kind] ?? JSON.stringify({ prompt: kind });
    // At the head of everything, each with a caller of its own.
    const fields: Partial<NewJob> = { caller: kind, priority: 'high', request };
    queued.set(kind, await enqueue(lane, fields));
  }
  // No request becomes a job that is no JSON: it was broken afterwards.
  await replaceRequest(table, queued.get('unbuildable request') as Job, '{"prompt":');
  const itemFor = (kind: string) => itemOf(table, queued.get(kind) as Job);
  await putLargest(table, await itemFor('unwritable record'));
  await putItems(table, [{ ...(await itemFor('unreadable record')), attempts: 'none' }]);
  return queued;
};

it(`of 1,000 jobs ${Object.keys(kinds).length} are bad, each in its own way: the other ${neighbours} end in the first run`, async () => {
  const rig = await servers.rig();
  const { recordMetric, log } = rig;
  const table = { ...rig.context.table, onUnreadable: reportUnreadable({ log, recordMetric }) };
  const lane = createLane(table, { ...perMinute(2_000), submitGraceMs: 600_000 });
  scriptAdobe(rig);
  const bad = await queueBadJobs(rig);
  const unpublishable = bad.get('unpublishable end')?.jobId ?? '';
  const published = new Set<string>();
  const send = async ({ input }: { input: { Entries: { Detail: string }[] } }) => {
    const { jobId } = JSON.parse(input.Entries[0]?.Detail ?? '{}');
    if (jobId === unpublishable) return { FailedEntryCount: 1, Entries: [{ ErrorCode: 'MalformedDetail' }] };
    published.add(jobId);
    return { FailedEntryCount: 0 };
  };
  const bus: EventBus = { ...rig.context.bus, eventBridge: { send } as never };
  await pMap(
    Array.from({ length: neighbours }, (_, index) => index),
    (index) => enqueue(lane, { caller: `caller-${index % 20}`, request: '{"prompt":"good"}' }),
    { concurrency: 16 },
  );

  const context = { ...rig.context, table, bus, lanes: onlyLane(lane) };
  let permitsOfBad = 0;
  const badIds = new Set([...bad.values()].map(({ jobId }) => jobId));
  const runDispatch = async (): Promise<void> => {
    const turns: Turn[] = [];
    const startTurn: StartTurn = async (turn) => {
      if (badIds.has(turn.jobId)) permitsOfBad += 1;
      turns.push(turn);
    };
    await dispatch(dispatchContext(lane, { bus, startTurn, log, recordMetric }));
    await pMap(
      turns,
      async (turn) => {
        // An execution that fails is what recovery is for; it must not end the test.
        await runDurably<TurnEnd>((durable) => runJob(durable, turn, context)).catch(() => undefined);
      },
      { concurrency: 16 },
    );
  };
  const startedAt = Date.now();
  await runDispatch();
  const seconds = Math.round((Date.now() - startedAt) / 1000);

  const items = (await allItems(table)).filter(({ sk }) => sk === 'job') as unknown as Job[];
  const good = items.filter(({ jobId }) => !badIds.has(jobId));
  const ended = good.filter(({ state }) => state === 'succeeded');
  console.log(
    JSON.stringify({ jobs: items.length, bad: badIds.size, goodSucceeded: ended.length, permitsOfBad, seconds }),
  );
  expect(ended).toHaveLength(neighbours);
  for (const { jobId } of good) expect(published.has(jobId)).toBe(true);
  expect(permitsOfBad).toBeLessThanOrEqual(badIds.size);
  for (const [kind, { state, code }] of Object.entries(kinds)) {
    const job = items.find(({ jobId }) => jobId === bad.get(kind)?.jobId);
    expect(job?.state, kind).toBe(state);
    if (code !== undefined) expect(job?.error?.code, kind).toBe(code);
    expect(isFinal(job?.state ?? 'queued') || job?.lostTurns === 1, kind).toBe(true);
  }
});
