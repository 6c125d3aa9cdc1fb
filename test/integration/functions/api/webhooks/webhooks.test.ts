import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { createDelivery, recordAttempt } from '#shared/webhooks/delivery-store.ts';
import { buildDelivery } from '#shared/webhooks/message.ts';
import { disableWebhook, getWebhook } from '#shared/webhooks/webhook-store.ts';
import { startApi, type TestApi, type TestResponse } from '../fixture.ts';
import { makeWebhook, requestWebhook, url } from './make-webhook.ts';

let api: TestApi;
const opened: TestApi[] = [];
beforeEach(async () => {
  api = await startApi();
  opened.push(api);
});
afterAll(async () => {
  await Promise.all(opened.map((each) => each.close()));
});

const create = (body?: unknown, caller?: string): Promise<TestResponse> => requestWebhook(api, body, caller);

const made = (body?: unknown) => makeWebhook(api, body);

describe('POST /webhooks', () => {
  it('shows the secret, this once', async () => {
    const response = await create({ url, events: ['batch.ended', 'batch.ended'], description: 'campaigns' });
    const id = response.json['webhookId'];
    expect(response).toMatchObject({
      statusCode: 201,
      headers: { location: `https://gateway.test/webhooks/${id}`, 'cache-control': 'no-store' },
      json: { url, events: ['batch.ended'], description: 'campaigns', status: 'enabled' },
    });
    const secret = String(response.json['secret']);
    expect(secret).toMatch(/^whsec_/);
    const shown = await api.call({ path: `/webhooks/${id}`, caller: 'alice' });
    const listed = await api.call({ path: '/webhooks', caller: 'alice' });
    expect(shown.json).toMatchObject({ url, deliveries: [] });
    expect(listed.json['webhooks']).toMatchObject([{ webhookId: id, url }]);
    expect(shown.body + listed.body + JSON.stringify(api.recorded.logs)).not.toContain(secret);
  });

  it('tells of everything by default', async () => {
    expect((await create()).json['events']).toEqual(['job.ended', 'batch.ended']);
  });

  it('takes null for what is not given', async () => {
    const { statusCode, json } = await create({ url, events: null, description: null });
    expect([statusCode, json['events']]).toEqual([201, ['job.ended', 'batch.ended']]);
    expect(json).not.toHaveProperty('description');
  });

  it.each([
    ['http', { url: 'http://example.com/' }, ['body', 'url'], 'must begin with https://'],
    ['a private address', { url: 'https://192.168.0.1/' }, ['body', 'url'], 'must lead to a public address'],
    ['another port', { url: 'https://example.com:22/' }, ['body', 'url'], 'must lead to port 443 or 8443'],
    ['no URL', { url: 'x' }, ['body', 'url'], 'is not a URL'],
    ['none', {}, ['body', 'url'], 'field required'],
    ['an unknown event', { url, events: ['job.began'] }, ['body', 'events', 0], /not a valid enumeration member/],
    ['no event', { url, events: [] }, ['body', 'events'], /at least 1 items/],
    ['a misspelt field', { url, event: 'job.ended' }, ['body', 'event'], 'extra fields not permitted'],
  ])('refuses %s, naming the field', async (_, body, loc, msg) => {
    const response = await create(body);
    expect(response.statusCode).toBe(422);
    expect(response.json['validation_errors']).toEqual([
      expect.objectContaining({ loc, msg: msg instanceof RegExp ? expect.stringMatching(msg) : msg }),
    ]);
    expect((await api.call({ path: '/webhooks', caller: 'alice' })).json['webhooks']).toEqual([]);
  });

  it('has an end at ten', async () => {
    for (let count = 0; count < 10; count += 1) expect((await create()).statusCode).toBe(201);
    expect((await create()).json['error_code']).toBe('too_many_webhooks');
    expect((await create({ url }, 'bob')).statusCode).toBe(201);
  });

  it('has an end at ten, however many come at once, and room again for what was deleted', async () => {
    const answers = await Promise.all(Array.from({ length: 25 }, () => create()));
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([
      ...Array(10).fill(201),
      ...Array(15).fill(409),
    ]);
    const ids = answers.flatMap(({ json }) => json['webhookId'] ?? []).map(String);
    const list = async () => {
      const { json } = await api.call({ path: '/webhooks', caller: 'alice' });
      return (json['webhooks'] as { webhookId: string }[]).map(({ webhookId }) => webhookId);
    };
    expect(await list()).toEqual([...ids].sort());
    const deleted = ids[3];
    await api.call({ method: 'DELETE', path: `/webhooks/${deleted}`, caller: 'alice' });
    const again = await Promise.all([create(), create(), create()]);
    const made = again.filter(({ statusCode }) => statusCode === 201);
    expect(made.length).toBe(1);
    expect((await list()).at(-1)).toBe(made[0]?.json['webhookId']);
    expect((await api.call({ path: `/webhooks/${deleted}`, caller: 'alice' })).statusCode).toBe(404);
  });
});

describe('a webhook', () => {
  it('is its owner’s alone', async () => {
    const { path } = await made();
    for (const request of [
      { path },
      { method: 'DELETE', path },
      ...['test', 'rotate-secret', 'enable'].map((action) => ({ method: 'POST', path: `${path}/${action}` })),
    ]) {
      const response = await api.call({ ...request, caller: 'bob' });
      expect([request.path, response.statusCode]).toEqual([request.path, 404]);
      expect(response.json['error_code']).toBe('unknown_webhook_id');
    }
    expect((await api.call({ path, caller: 'alice' })).statusCode).toBe(200);
  });

  it('tells what became of messages, newest first', async () => {
    const { webhookId, path } = await made();
    const { table } = api.context.webhooks;
    const at = (second: number) => `2026-03-01T12:00:0${second}.000Z`;
    for (const second of [1, 2]) {
      const message = { type: 'job.ended', at: at(second), subject: `job-${second}`, data: {} } as const;
      await createDelivery(table, buildDelivery(message, { caller: 'alice', webhookId }));
    }
    const { deliveryId } = buildDelivery(
      { type: 'job.ended', at: at(1), subject: 'job-1', data: {} },
      { caller: 'alice', webhookId },
    );
    const made1 = { at: at(1), durationMs: 12, status: 500, answer: 'no' };
    const ref = { caller: 'alice', webhookId, at: at(1), deliveryId };
    await recordAttempt(table, ref, { state: 'pending', nextAttemptAt: at(6) }, { index: 0, made: made1 });
    expect((await api.call({ path, caller: 'alice' })).json['deliveries']).toEqual([
      expect.objectContaining({ eventAt: at(2), type: 'job.ended', status: 'pending', attempts: [] }),
      expect.objectContaining({ eventAt: at(1), status: 'pending', attempts: [made1], nextAttemptAt: at(6) }),
    ]);
  });

  it('is tested by a message of its own', async () => {
    const { webhookId, path } = await made();
    const response = await api.call({ method: 'POST', path: `${path}/test`, caller: 'alice' });
    const { deliveryId } = response.json;
    expect(response.statusCode).toBe(202);
    expect(api.recorded.deliveries).toEqual([
      { name: deliveryId, payload: { delivery: { caller: 'alice', webhookId, deliveryId, at: expect.any(String) } } },
    ]);
    expect((await api.call({ path, caller: 'alice' })).json['deliveries']).toMatchObject([
      { deliveryId, type: 'webhook.test', status: 'pending' },
    ]);
  });

  it('is tested once a second, however many ask at once', async () => {
    const { path } = await made();
    const other = await made();
    const test = (tested = path) => api.call({ method: 'POST', path: `${tested}/test`, caller: 'alice' });
    const answers = await Promise.all(Array.from({ length: 8 }, () => test()));
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([202, ...Array(7).fill(429)]);
    expect(answers.find(({ statusCode }) => statusCode === 429)).toMatchObject({
      headers: { 'retry-after': '1' },
      json: { error_code: 'too_many_tests' },
    });
    expect((await test(other.path)).statusCode).toBe(202);
    api.clock.advance(999);
    expect((await test()).statusCode).toBe(429);
    api.clock.advance(1);
    expect((await test()).statusCode).toBe(202);
    expect(api.recorded.deliveries.length).toBe(3);
  });

  it('whose test cannot be sent shows no message that seems to be on its way', async () => {
    const { path } = await made();
    api.context.webhooks.startDelivery = async () => {
      throw new Error('Lambda is out of reach.');
    };
    const response = await api.call({ method: 'POST', path: `${path}/test`, caller: 'alice' });
    expect(response).toMatchObject({ statusCode: 503, headers: { 'retry-after': '5' } });
    expect((await api.call({ path, caller: 'alice' })).json['deliveries']).toMatchObject([
      { type: 'webhook.test', status: 'failed', attempts: [] },
    ]);
  });

  it('gets a new secret, while the earlier one is valid for a day', async () => {
    const { webhookId, path, secret } = await made();
    const rotated = await api.call({ method: 'POST', path: `${path}/rotate-secret`, caller: 'alice' });
    expect(rotated).toMatchObject({ statusCode: 200, json: { previousSecretsUntil: '2026-03-02T12:00:00.000Z' } });
    expect(rotated.json['secret']).not.toBe(secret);
    const stored = await getWebhook(api.context.webhooks.table, { caller: 'alice', webhookId });
    expect(stored?.secrets.map((each) => each.secret)).toEqual([rotated.json['secret'], secret]);
    api.clock.advance(86_400_000);
    expect((await api.call({ path, caller: 'alice' })).json).not.toHaveProperty('previousSecretsUntil');
  });

  it('keeps every secret that two rotations at once have shown', async () => {
    const { webhookId, path, secret } = await made();
    const rotate = () => api.call({ method: 'POST', path: `${path}/rotate-secret`, caller: 'alice' });
    const shown = (await Promise.all([rotate(), rotate()])).map(({ json }) => json['secret']);
    const stored = await getWebhook(api.context.webhooks.table, { caller: 'alice', webhookId });
    expect(stored?.secrets.map((each) => each.secret).sort()).toEqual([...shown, secret].sort());
  });

  it('that was disabled is tested no more, and enabled again', async () => {
    const { webhookId, path } = await made();
    await disableWebhook(api.context.webhooks.table, { caller: 'alice', webhookId, url });
    expect((await api.call({ path, caller: 'alice' })).json).toMatchObject({
      status: 'disabled',
      disabledReason: 'gone',
    });
    const test = () => api.call({ method: 'POST', path: `${path}/test`, caller: 'alice' });
    expect((await test()).json['error_code']).toBe('webhook_disabled');
    const enabled = await api.call({ method: 'POST', path: `${path}/enable`, caller: 'alice' });
    expect(enabled.json).toMatchObject({ status: 'enabled' });
    expect(enabled.json).not.toHaveProperty('disabledReason');
    expect((await test()).statusCode).toBe(202);
  });

  it('is gone once it is deleted', async () => {
    const { path } = await made();
    expect((await api.call({ method: 'DELETE', path, caller: 'alice' })).statusCode).toBe(204);
    expect((await api.call({ method: 'DELETE', path, caller: 'alice' })).statusCode).toBe(404);
    expect((await api.call({ method: 'POST', path: `${path}/rotate-secret`, caller: 'alice' })).statusCode).toBe(404);
    expect((await api.call({ path: '/webhooks', caller: 'alice' })).json['webhooks']).toEqual([]);
  });
});
