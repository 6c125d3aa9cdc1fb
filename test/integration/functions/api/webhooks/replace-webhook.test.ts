import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { disableWebhook, getWebhook } from '#shared/webhooks/webhook-store.ts';
import { startApi, type TestApi, type TestResponse } from '../fixture.ts';
import { makeWebhook, url } from './make-webhook.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

describe('PUT /webhooks/{webhookId}', () => {
  const change = (path: string, body: unknown, caller = 'alice'): Promise<TestResponse> =>
    api.call({ method: 'PUT', path, headers: { 'content-type': 'application/json' }, body, caller });
  const other = 'https://example.com/other';

  it('replaces what the webhook was made of, and leaves its secrets and its state', async () => {
    const { path, webhookId } = await makeWebhook(api, { url, events: ['job.ended'], description: 'campaigns' });
    const ref = { caller: 'alice', webhookId };
    await disableWebhook(api.context.webhooks.table, { ...ref, url });
    const before = await getWebhook(api.context.webhooks.table, ref);
    const answer = await change(path, { url: other, events: ['batch.ended'] });
    expect(answer).toMatchObject({ statusCode: 200, json: { webhookId, url: other, events: ['batch.ended'] } });
    expect(answer.json).toMatchObject({ status: 'disabled', disabledReason: 'gone' });
    expect(answer.json).not.toHaveProperty('description');
    expect(answer.json).not.toHaveProperty('secret');
    const after = await getWebhook(api.context.webhooks.table, ref);
    expect(after?.secrets).toEqual(before?.secrets);
    // A call to the address before, which is gone, was under way.
    await api.call({ method: 'POST', path: `${path}/enable`, caller: 'alice' });
    expect(await disableWebhook(api.context.webhooks.table, { ...ref, url })).toBeUndefined();
    expect(await getWebhook(api.context.webhooks.table, ref)).toMatchObject({ state: 'enabled', url: other });
  });

  it('checks the same as for a new one, and knows none of others', async () => {
    const { path, webhookId } = await makeWebhook(api);
    for (const body of [
      { url: 'http://example.com/' },
      { url: 'https://127.0.0.1/' },
      { url, events: [] },
      {},
      { url, secret: 'x' },
    ]) {
      expect((await change(path, body)).statusCode).toBe(422);
    }
    expect(await change(path, { url: other }, 'bob')).toMatchObject({ statusCode: 404 });
    expect(await getWebhook(api.context.webhooks.table, { caller: 'alice', webhookId })).toMatchObject({ url });
    await api.call({ method: 'DELETE', path, caller: 'alice' });
    expect(await change(path, { url: other })).toMatchObject({
      statusCode: 404,
      json: { error_code: 'unknown_webhook_id' },
    });
  });
});
