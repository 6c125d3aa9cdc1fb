import { afterAll, beforeAll, expect, it } from 'vitest';
import { changeWebhook } from '#shared/webhooks/webhook-store.ts';
import { type Servers, startServers } from './rig.ts';

let servers: Servers;
beforeAll(async () => {
  servers = await startServers();
});
afterAll(() => servers.close());

it('a message goes to the new address if the old one says that it is gone after the change', async () => {
  const rig = await servers.rig();
  const webhook = await rig.webhook();
  rig.receiver.script('POST', '/hook', async () => {
    await changeWebhook(rig.parts.table, webhook, { ...webhook, url: webhook.url.replace('/hook', '/new') });
    return { status: 410 };
  });
  rig.receiver.script('POST', '/new', { status: 204 });
  await rig.tell();
  expect(await rig.deliver()).toEqual([{ state: 'delivered' }]);
  const [first, second] = ['/hook', '/new'].map((path) => rig.receiver.asked('POST', path));
  expect(second?.map(({ headers }) => headers['webhook-id'])).toEqual(
    first?.map(({ headers }) => headers['webhook-id']),
  );
});
