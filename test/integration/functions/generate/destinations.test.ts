import { PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GenerateContext } from '#functions/generate/context.ts';
import { runJob } from '#functions/generate/run-job.ts';
import { incomingKey } from '#shared/deployment/bucket.ts';
import { requestOf } from '#shared/jobs/job.ts';
import { awaitOutputs } from '#shared/jobs/lost-answer.ts';
import { transition } from '#shared/jobs/transitions.ts';
import { readJob } from '#test/fixtures/job-table.ts';
import { runDurably } from '#test/fixtures/replayed-execution.ts';
import { type Rig, type Servers, startServers } from './rig.ts';

let servers: Servers;
beforeAll(async () => {
  servers = await startServers();
});
afterAll(() => servers.close());

const operation = 'photoshop/edit';
const source = { url: 'https://inputs.example.com/a.png' };
const written: Partial<GenerateContext> = { findOutputs: () => 'destination' };

const request = (...destinations: object[]) =>
  JSON.stringify({
    image: { source },
    outputs: destinations.map((destination) => ({ destination, mediaType: 'image/png' })),
  });

const two = request({ validityPeriod: 60 }, { validityPeriod: 60 });

const write = async ({ context }: Rig, key: string, text: string) => {
  const command = { Bucket: context.buckets.own, Key: key, Body: text, ContentType: 'image/png' };
  await context.s3.send(new PutObjectCommand(command));
};

const scheduled = (rig: Rig, text: string) => rig.scheduled({ fields: { operation, request: text } });
const posts = (rig: Rig) => rig.adobe.asked('POST', '/v2/edit');

describe.concurrent('a request with outputs to be written', () => {
  it('names a place of the gateway for each, and they are stored from there', async () => {
    const rig = await servers.rig(written);
    const job = await scheduled(
      rig,
      request({ url: 'https://caller.example.com/secret?sig=1' }, { validityPeriod: 60 }),
    );
    rig.adobe.script('POST', '/v2/edit', {
      status: 202,
      body: { jobId: 'J', statusUrl: `${rig.adobe.url}/v2/status/J` },
    });
    const outputs = [1, 0].map((index) => ({
      destination: { url: `https://s3/outputs/${incomingKey(job, index)}?X=1` },
    }));
    rig.adobe.script('GET', '/v2/status/J', { status: 200, body: { status: 'succeeded', result: { outputs } } });
    for (const index of [0, 1]) await write(rig, incomingKey(job, index), `picture ${index}`);
    const { job: ended } = await rig.follow(job);
    expect(ended).toMatchObject({ state: 'succeeded', incoming: 2 });
    const sent = posts(rig)[0]?.body.toString() ?? '';
    expect(sent).not.toContain('caller.example.com');
    expect(sent).toContain(incomingKey(job, 0));
    expect(sent).toContain('X-Amz-Signature');
    const stored = await rig.stored();
    // Adobe names them in another order than they were asked for.
    expect(ended.outputs?.map(({ key }) => stored.get(key)?.bytes.toString())).toEqual(['picture 1', 'picture 0']);
    expect([...stored.keys()].filter((key) => key.startsWith(`incoming/${job.jobId}`))).toEqual([]);
  });
});

it('a request whose outputs a script makes lets Adobe host them, as nobody knows how many there are', async () => {
  const rig = await servers.rig(written);
  const outputs = [{ mediaType: 'application/json', scriptOutputPattern: '*.json' }];
  const options = { uxp: { source: { content: 'run()', contentType: 'text/javascript' } } };
  const text = JSON.stringify({ image: { source }, options, outputs });
  const job = await rig.scheduled({ fields: { operation: 'photoshop/execute-actions', request: text } });
  rig.adobe.script('POST', '/v2/execute-actions', { status: 422, body: { error_code: 'enough', message: '' } });
  expect((await rig.follow(job)).job.incoming).toBeUndefined();
  const hosted = outputs.map((output) => ({ ...output, destination: { validityPeriod: 86_400 } }));
  expect(JSON.parse(rig.adobe.seen[0]?.body ?? '')).toMatchObject({ outputs: hosted });
});

describe.concurrent('a lost answer', () => {
  it('leaves no URL in what is recorded of its steps', async () => {
    const rig = await servers.rig(written);
    const job = await scheduled(rig, two);
    rig.adobe.script('POST', '/v2/edit', { fault: 'reset' });
    for (const index of [0, 1]) await write(rig, incomingKey(job, index), `picture ${index}`);
    const { recorded } = await runDurably((durable) => runJob(durable, job, rig.context));
    expect(recorded).toContain('outputs/');
    expect(recorded).not.toMatch(/https?:|X-Amz/);
  });

  it('is resolved by the outputs that are all there, and never sent or paid again', async () => {
    const rig = await servers.rig(written);
    const job = await scheduled(rig, two);
    rig.adobe.script('POST', '/v2/edit', { fault: 'reset' });
    for (const index of [0, 1]) await write(rig, incomingKey(job, index), `picture ${index}`);
    const { end, job: ended, steps } = await rig.follow(job);
    expect(end).toEqual({ state: 'succeeded' });
    expect(ended).toMatchObject({ requested: 2, received: 2, lostAnswer: { reason: expect.any(String) } });
    expect(ended.error).toBeUndefined();
    expect(posts(rig)).toHaveLength(1);
    expect(rig.metrics).not.toContain('SubmitOutcomeUnknown');
    expect(steps).toContain('store output 1');
  });

  it('stays unknown after an hour if one of them is missing', async () => {
    const rig = await servers.rig(written);
    const job = await rig.accepted(
      { statusUrl: undefined, cancelUrl: undefined, acceptedAt: new Date(Date.now() - 3_600_001).toISOString() },
      {
        operation,
        request: two,
        incoming: 2,
        lostAnswer: { reason: 'It was lost.', upstreamStatus: 502, at: new Date().toISOString() },
      },
    );
    await write(rig, incomingKey(job, 0), 'picture 0');
    const { job: ended } = await rig.follow(job);
    expect(ended).toMatchObject({ state: 'failed', error: { code: 'submit_outcome_unknown', upstreamStatus: 502 } });
    expect(rig.metrics).toContain('SubmitOutcomeUnknown');
    expect(rig.adobe.seen).toEqual([]);
  });

  it('is waited for while a crash hides how far the submit came', async () => {
    const rig = await servers.rig(written);
    const job = await scheduled(rig, two);
    const changes = { incoming: 2 };
    const order = new Date().toISOString();
    const submitting = await transition(rig.context.table, job, {
      from: ['scheduled'],
      to: 'submitting',
      order,
      changes,
    });
    if (submitting === undefined) throw new Error('The job has moved on.');
    for (const index of [0, 1]) await write(rig, incomingKey(job, index), `picture ${index}`);
    const kept = await awaitOutputs(rig.context.table, submitting, { reason: 'The function died.' });
    expect(kept).toMatchObject({ state: 'running' });
    // Whoever comes second finds it moved on.
    expect(await awaitOutputs(rig.context.table, submitting, { reason: 'The function died.' })).toBeUndefined();
    expect((await rig.follow(job)).end).toEqual({ state: 'succeeded' });
    expect(rig.adobe.seen).toEqual([]);
  });

  it('ends the job at once where Adobe hosts the outputs', async () => {
    const rig = await servers.rig();
    rig.adobe.script('POST', '/v2/edit', { fault: 'reset' });
    const { job } = await rig.follow(await scheduled(rig, two));
    expect(job).toMatchObject({ state: 'failed', error: { code: 'submit_outcome_unknown' } });
  });
});

describe.concurrent("a caller's own destination", () => {
  /** A job at Adobe, whose first output its caller wants at a place of its own. */
  const prepare = async (path: string, settings: Partial<GenerateContext> = {}) => {
    const rig = await servers.rig(settings);
    const url = `${rig.storage.url}${path}`;
    const job = await rig.accepted(
      { statusUrl: `${rig.adobe.url}/v2/status/J` },
      { operation, request: request({ url }, {}) },
    );
    const outputs = ['/a', '/b'].map((name) => ({ destination: { url: `${rig.storage.url}${name}` } }));
    rig.adobe.script('GET', '/v2/status/J', { status: 200, body: { status: 'succeeded', result: { outputs } } });
    for (const name of ['/a', '/b']) {
      const headers = { 'content-type': 'image/png' };
      rig.storage.script('GET', name, { status: 200, headers, body: Buffer.from(`picture ${name}`) });
    }
    return { rig, job, path };
  };

  it('is written to last, by one request with nothing of the gateway in it', async () => {
    const { rig, job, path } = await prepare('/mine?sig=top-secret');
    rig.storage.script('PUT', path, { status: 201 });
    const { job: ended, steps } = await rig.follow(job);
    expect(ended).toMatchObject({ state: 'succeeded', warnings: [] });
    const [put, ...others] = rig.storage.asked('PUT', path);
    expect(others).toEqual([]);
    expect(put?.body.toString()).toBe('picture /a');
    expect(put?.headers).toMatchObject({ 'content-type': 'image/png', 'content-length': '10' });
    expect(put?.headers).not.toHaveProperty('authorization');
    expect(put?.headers).not.toHaveProperty('x-api-key');
    expect(steps.indexOf('deliver output 0')).toBeGreaterThan(steps.indexOf('store output 1'));
  });

  it('that refuses is a warning, and its URL is in no record, log or event', async () => {
    const { rig, job, path } = await prepare('/mine?sig=top-secret');
    rig.storage.script('PUT', path, { status: 403 });
    const { job: ended } = await rig.follow(job);
    expect(ended.state).toBe('succeeded');
    expect(ended.warnings).toEqual([
      "Output 0 could not be written to its destination. It answers with HTTP status 403. The gateway's copy is safe.",
    ]);
    const { request: kept, ...record } = ended;
    expect(requestOf({ request: kept })).toMatchObject({ outputs: [{ destination: { url: expect.any(String) } }, {}] });
    const manifest = [...(await rig.stored())].find(([key]) => key.includes(job.jobId) && key.endsWith('job.json'));
    const told = JSON.stringify([record, rig.events, rig.lines]) + manifest?.[1].bytes.toString();
    expect(told).not.toContain('top-secret');
    expect(told).toContain('HTTP status 403');
  });

  it('is tried again while it answers 503', async () => {
    const { rig, job, path } = await prepare('/mine');
    rig.storage.script('PUT', path, { status: 503 }, { status: 200 });
    expect((await rig.follow(job)).job).toMatchObject({ state: 'succeeded', warnings: [] });
    expect(rig.storage.asked('PUT', path)).toHaveLength(2);
  });

  it('gets the same bytes again where a crash loses the end of its step', async () => {
    const { rig, job, path } = await prepare('/mine');
    rig.storage.script('PUT', path, { status: 200 });
    const { context } = rig;
    const { recorded } = await runDurably(
      (durable) => runJob(durable, job, context),
      (step) => step.startsWith('deliver'),
    );
    expect(recorded).toContain('outputs/');
    expect(recorded).not.toContain('http');
    expect(await readJob(context.table, job)).toMatchObject({ state: 'succeeded', warnings: [] });
    expect(rig.storage.asked('PUT', path).map(({ body }) => body)).toEqual(['picture /a', 'picture /a']);
  });

  it('gets the same bytes from two executions at once, and the job ends once', async () => {
    const { rig, job, path } = await prepare('/mine');
    const both = Promise.withResolvers<void>();
    rig.storage.script('PUT', path, async () => {
      if (rig.storage.asked('PUT', path).length === 2) both.resolve();
      await both.promise;
      return { status: 200 };
    });
    const { context } = rig;
    const run = () => runDurably((durable) => runJob(durable, job, context));
    await Promise.all([run(), run()]);
    const ended = await readJob(context.table, job);
    expect(ended).toMatchObject({ state: 'succeeded', warnings: [] });
    expect(ended.history.filter(({ state }) => state === 'succeeded')).toHaveLength(1);
    expect(rig.metrics.filter((name) => name === 'JobsSucceeded')).toHaveLength(1);
    expect(rig.storage.asked('PUT', path).map(({ body }) => body)).toEqual(['picture /a', 'picture /a']);
  });

  it('inside of a network is never called', async () => {
    const { rig, job, path } = await prepare('/mine', { publicRequests: { allowsLoopback: false } });
    const { job: ended } = await rig.follow(job);
    expect(ended.state).toBe('succeeded');
    expect(ended.warnings?.[0]).toContain('The URL must begin with https://.');
    expect(rig.storage.asked('PUT', path)).toEqual([]);
  });
});
