import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { putPolicy } from '#shared/callers/policy-store.ts';
import { pauseCaller } from '#shared/jobs/lanes/caller-pauses.ts';
import { startApi, type TestApi } from '../fixture.ts';

const path = '/v3/images/generate-async';

let api: TestApi;
beforeAll(async () => {
  api = await startApi({ callerDefaults: { maxVariations: 3 } });
  await api.submit({ caller: 'bob' });
});
afterAll(() => api.close());

const ask = (body: unknown, options: { caller?: string; headers?: Record<string, string>; path?: string } = {}) =>
  api.call({
    method: 'POST',
    path: '/estimates',
    caller: options.caller,
    body: { path: options.path ?? path, headers: options.headers, body },
  });

describe('POST /estimates', () => {
  it('says what a request would cost and when it would run, and writes nothing', async () => {
    const before = await api.countItems();
    const { json, statusCode } = await ask({ prompt: 'a cat', numVariations: 2 }, { caller: 'carol' });
    expect({ json, statusCode }).toEqual({
      statusCode: 200,
      json: {
        operation: 'images/generate',
        modelVersion: 'image3',
        cost: { estimated: 2, unit: 'operations' },
        outputs: 2,
        // Behind the one of bob's.
        queuePosition: 2,
        queuePositionIsMinimum: false,
        estimatedStart: '2026-03-01T12:00:00.000Z',
        estimatedStartIsMinimum: false,
        warnings: [],
      },
    });
    expect(await api.countItems()).toBe(before);
    expect([api.recorded.dispatches, api.recorded.events.length]).toEqual([1, 0]);
  });

  it('reads the headers that change the outcome, and warns as the request would', async () => {
    const headers = { 'X-Model-Version': 'image4_ultra', 'x-priority': 'high', 'Idempotency-Key': 'k' };
    expect((await ask({ prompt: 'a cat', unheardOf: 1 }, { headers })).json).toMatchObject({
      modelVersion: 'image4_ultra',
      queuePosition: 1,
      warnings: [expect.stringContaining('unheardOf')],
    });
  });

  it.each<[unknown, Record<string, string>]>([
    [{ prompt: '' }, {}],
    [{ prompt: 'a cat', numVariations: 9, seeds: 'x', size: { width: 1 } }, {}],
    [{}, {}],
    ['a cat', {}],
    [[], {}],
    [{ prompt: 'a cat' }, { 'x-model-version': 'image9' }],
    [{ prompt: 'a cat' }, { 'x-priority': 'best' }],
    [{ prompt: 'a cat' }, { 'x-label': 'none' }],
    [{ prompt: 'a cat' }, { 'x-output-name': '{none}' }],
    [{ prompt: 'a cat', numVariations: 4 }, {}],
    [{ prompt: 'a cat', style: { imageReference: { source: { url: 's3://outputs-bucket/uploads/x/y.png' } } } }, {}],
    [{ prompt: 'x'.repeat(120_000) }, {}],
  ])('has the very problem that the request gets: %j %j', async (body, headers) => {
    const refused = await api.call({
      method: 'POST',
      path,
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', ...headers },
    });
    const { request_id: _, ...problem } = refused.json;
    expect(problem).toMatchObject({ status: refused.statusCode });
    expect((await ask(body, { headers })).json['problem']).toEqual(problem);
  });

  it.each([
    ['queuedJobs', { queuedJobs: 0 }],
    ['requestsPerDay', { requestsPerDay: 0 }],
    ['operationsPerDay', { operationsPerDay: 1 }],
    ['operations', { operations: [] }],
  ])('has the refusal of the rule %s, and takes nothing of it', async (rule, policy) => {
    await putPolicy(api.callers, rule, policy);
    const before = await api.countItems();
    const { problem } = (await ask({ prompt: 'a cat', numVariations: 2 }, { caller: rule })).json;
    expect(await api.countItems()).toBe(before);
    const refused = await api.generate({ prompt: 'a cat', numVariations: 2 }, { caller: rule });
    const { request_id: _, ...expected } = refused.json;
    expect(problem).toEqual(expected);
    expect(problem).toMatchObject({ rule });
  });

  it('leaves the places, requests and budget of a caller as they are, however often it is asked', async () => {
    await putPolicy(api.callers, 'dora', { queuedJobs: 1, requestsPerDay: 1, operationsPerDay: 1 });
    for (let asked = 0; asked < 3; asked += 1) {
      expect((await ask({ prompt: 'a cat' }, { caller: 'dora' })).json['problem']).toBeUndefined();
    }
    expect((await api.generate({ prompt: 'a cat' }, { caller: 'dora' })).statusCode).toBe(202);
    expect((await ask({ prompt: 'a cat' }, { caller: 'dora' })).json['problem']).toMatchObject({ rule: 'queuedJobs' });
  });

  it('tells a paused caller since when it is paused, instead of a time', async () => {
    await pauseCaller(api.table, ['firefly'], 'erin', { by: 'an operator' });
    const { json } = await ask({ prompt: 'a cat' }, { caller: 'erin' });
    expect(json).toMatchObject({ cost: { estimated: 1 }, callerPausedSince: '2026-03-01T12:00:00.000Z' });
    expect(json).not.toHaveProperty('estimatedStart');
  });

  it.each([
    [{ body: {} }, ['body', 'path']],
    [{ path: '/jobs', body: {} }, ['body', 'path']],
    [{ path, body: {}, more: 1 }, ['body', 'more']],
    [{ path, headers: { 'x-priority': 1 }, body: {} }, ['body', 'headers', 'x-priority']],
  ])('refuses what is no request of an operation: %j', async (body, loc) => {
    const answer = await api.call({ method: 'POST', path: '/estimates', body });
    expect(answer).toMatchObject({ statusCode: 422, json: { validation_errors: [{ loc }] } });
  });
});
