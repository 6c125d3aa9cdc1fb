import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Fault } from '#local/simulator/faults/definitions.ts';
import { type Simulator, startSimulator } from '#local/simulator/simulator.ts';
import { type Accepted, clientOf, jsonOf, type Status } from './client.ts';
import { createTestClock } from './clock.ts';

describe('faults', () => {
  let clock: ReturnType<typeof createTestClock>;
  let simulator: Simulator;
  let client: ReturnType<typeof clientOf>;
  beforeEach(async () => {
    clock = createTestClock();
    simulator = await startSimulator({ clock, pendingMs: 0, generationMs: 1000, requestsPerMinute: 100 });
    client = clientOf(simulator);
  });
  afterEach(() => simulator.close());

  const generate = () => client.generate({ prompt: 'a cat', size: { width: 32, height: 32 } });
  const statusOf = async (job: Accepted) => jsonOf<Status>(await client.get(job.statusUrl));
  const outputUrl = async () => {
    const job = await jsonOf<Accepted>(await generate());
    clock.advance(1000);
    return (await statusOf(job)).result?.outputs[0]?.image.url ?? '';
  };

  it.each<[Fault, number, Record<string, string>, string]>([
    [
      { fault: 'rate_limited', seconds: 5 },
      429,
      { 'retry-after': '5', 'x-access-rate-limit-level': 'org' },
      '{"error_code":"rate_limited"}',
    ],
    [
      { fault: 'rate_limited', seconds: 5, format: 'http-date' },
      429,
      { 'retry-after': 'Mon, 01 Jun 2026 12:00:05 GMT' },
      'rate_limited',
    ],
    [{ fault: 'server_error' }, 500, {}, '"error_code":"runtime_error"'],
    [{ fault: 'server_error', errorCode: false }, 500, { 'content-type': 'text/html' }, '<html>'],
    [{ fault: 'bad_gateway' }, 502, { 'content-type': 'text/html' }, '<html>'],
    [{ fault: 'gateway_timeout' }, 504, { 'content-type': 'text/html' }, '<html>'],
    [{ fault: 'request_timeout' }, 408, {}, '"error_code":"timeout_error"'],
    [{ fault: 'unavailable' }, 503, {}, 'error_code'],
    [{ fault: 'quota_exhausted' }, 403, { 'x-access-error': 'quota_exhausted' }, '"error_code":"access_error"'],
    [{ fault: 'prompt_unsafe' }, 451, {}, '"error_code":"prompt_unsafe"'],
    [
      { fault: 'answer', status: 418, headers: { 'x-tea': 'yes' }, body: { pot: 1 } },
      418,
      { 'x-tea': 'yes' },
      '{"pot":1}',
    ],
  ])('%j answers without effect, as often as it says', async (fault, status, headers, body) => {
    simulator.faults.add({ ...fault, path: 'generate-async', times: 1 } as Fault);
    const response = await generate();
    expect(response.status).toBe(status);
    expect(Object.fromEntries(response.headers)).toMatchObject(headers);
    expect(await response.text()).toContain(body);
    expect(simulator.jobs()).toHaveLength(0);
    expect((await generate()).status).toBe(202);
    expect(simulator.faults.active()).toEqual([]);
  });

  it('answers in the words of IMS there', async () => {
    simulator.faults.add({ fault: 'server_error', service: 'ims', times: 1 });
    simulator.faults.add({ fault: 'rate_limited', service: 'ims', seconds: 7, times: 1, skip: 1 });
    expect(await (await client.mint()).json()).toEqual({
      error: 'internal_error',
      error_description: 'Please try again later',
    });
    expect((await client.mint()).headers.get('retry-after')).toBe('7');
    expect((await client.mint()).status).toBe(200);
  });

  it('replaces the answer after the effect', async () => {
    simulator.faults.add({ fault: 'bad_gateway', effect: 'done', path: 'generate-async', times: 1 });
    expect((await generate()).status).toBe(502);
    expect(simulator.jobs()).toHaveLength(1);
  });

  it('drops the connection before or after the effect', async () => {
    simulator.faults.add({ fault: 'drop', path: 'generate-async', times: 1 });
    await expect(generate()).rejects.toThrow('fetch failed');
    expect(simulator.jobs()).toHaveLength(0);
    simulator.faults.add({ fault: 'drop', effect: 'done', path: 'generate-async', times: 1 });
    await expect(generate()).rejects.toThrow('fetch failed');
    expect(simulator.jobs()).toHaveLength(1);
    expect(
      simulator
        .requests()
        .filter(({ dropped }) => dropped)
        .map(({ status }) => status),
    ).toEqual([null, null]);
  });

  it('holds requests back', async () => {
    simulator.faults.add({ fault: 'latency', ms: 60_000, service: 'firefly', method: 'get', times: 1 });
    const job = await jsonOf<Accepted>(await generate());
    await expect(fetch(job.statusUrl, { signal: AbortSignal.timeout(50) })).rejects.toThrow();
    expect(simulator.requests().at(-1)).toMatchObject({ faults: ['latency'], status: null });
  });

  it('damages outputs: another content type, a redirect, a truncated body', async () => {
    const url = await outputUrl();
    const outputs = { service: 'outputs', times: 1 } as const;
    simulator.faults.add({ fault: 'alter', headers: { 'content-type': 'text/html' }, ...outputs });
    expect((await fetch(url)).headers.get('content-type')).toBe('text/html');
    simulator.faults.add({ fault: 'answer', status: 302, headers: { location: 'http://127.0.0.1:9/' }, ...outputs });
    expect((await fetch(url, { redirect: 'manual' })).headers.get('location')).toBe('http://127.0.0.1:9/');
    simulator.faults.add({ fault: 'alter', truncateAt: 100, ...outputs });
    const truncated = await fetch(url);
    expect(Number(truncated.headers.get('content-length'))).toBeGreaterThan(100);
    await expect(truncated.arrayBuffer()).rejects.toThrow();
    expect((await fetch(url)).status).toBe(200);
  });

  it('sends wrong content where JSON is due', async () => {
    simulator.faults.add({ fault: 'alter', body: '{"jobId":', path: 'generate-async', times: 1 });
    const response = await generate();
    expect([response.status, await response.text()]).toEqual([202, '{"jobId":']);
    expect(simulator.jobs()).toHaveLength(1);
  });

  describe('of jobs', () => {
    it.each([
      ['failed', 'failed', 'runtime_error'],
      ['cancelled', 'cancelled', 'job_canceled'],
      ['canceled', 'canceled', 'job_canceled'],
      ['timeout', 'timeout', 'job_timeout'],
    ] as const)('outcome %s', async (outcome, status, code) => {
      simulator.faults.add({ fault: 'job', outcome, times: 1 });
      const job = await jsonOf<Accepted>(await generate());
      expect(await statusOf(job)).toMatchObject({ status: 'running' });
      clock.advance(1000);
      expect(await statusOf(job)).toMatchObject({ status, error_code: code, message: expect.any(String) });
    });

    it('fail with a chosen code, for chosen prompts only', async () => {
      simulator.faults.add({
        fault: 'job',
        outcome: 'failed',
        errorCode: 'image_unsafe',
        message: 'no',
        prompt: 'dog',
      });
      const cat = await jsonOf<Accepted>(await generate());
      const dog = await jsonOf<Accepted>(await client.generate({ prompt: 'a dog' }));
      clock.advance(1000);
      expect((await statusOf(cat)).status).toBe('succeeded');
      expect(await statusOf(dog)).toEqual({
        status: 'failed',
        jobId: dog.jobId,
        error_code: 'image_unsafe',
        message: 'no',
      });
    });

    it('are cancel_pending before they are cancelled', async () => {
      simulator.faults.add({ fault: 'job', outcome: 'cancel_pending', cancelPendingMs: 500 });
      const job = await jsonOf<Accepted>(await generate());
      clock.advance(1000);
      expect((await statusOf(job)).status).toBe('cancel_pending');
      clock.advance(500);
      expect((await statusOf(job)).status).toBe('cancelled');
    });

    it('run slowly, under an unknown status word and a bare id', async () => {
      simulator.faults.add({ fault: 'job', generationMs: 50_000, runningWord: 'dreaming', bareJobId: true });
      const job = await jsonOf<Accepted>(await generate());
      clock.advance(25_000);
      expect(await statusOf(job)).toEqual({ status: 'dreaming', jobId: job.jobId.slice(-36), progress: 50 });
      clock.advance(25_000);
      expect(await statusOf(job)).toMatchObject({ status: 'succeeded', jobId: job.jobId });
    });

    it('have their outputs on another host', async () => {
      simulator.faults.add({ fault: 'job', outputBase: 'https://elsewhere.example' });
      expect(await outputUrl()).toMatch(/^https:\/\/elsewhere\.example\/outputs\//);
    });

    it('wait until a request is really accepted', async () => {
      simulator.faults.add({ fault: 'job', outcome: 'failed', times: 1 });
      expect((await client.generate({ prompt: '' })).status).toBe(422);
      const job = await jsonOf<Accepted>(await generate());
      clock.advance(1000);
      expect((await statusOf(job)).status).toBe('failed');
    });
  });
});
