import type { TestApi, TestResponse } from '../fixture.ts';

/** Where the webhooks of these tests are called. */
export const url = 'https://example.com/firefly';

/** Asks for a webhook. */
export const requestWebhook = (api: TestApi, body: unknown = { url }, caller = 'alice'): Promise<TestResponse> =>
  api.call({ method: 'POST', path: '/webhooks', headers: { 'content-type': 'application/json' }, body, caller });

/** Makes a webhook of alice's. */
export const makeWebhook = async (
  api: TestApi,
  body?: unknown,
): Promise<{ webhookId: string; secret: string; path: string }> => {
  const { json } = await requestWebhook(api, body);
  return {
    webhookId: String(json['webhookId']),
    secret: String(json['secret']),
    path: `/webhooks/${json['webhookId']}`,
  };
};
