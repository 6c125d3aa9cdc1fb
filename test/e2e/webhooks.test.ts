import { randomUUID } from 'node:crypto';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { Webhook as Verifier } from 'standardwebhooks';
import { afterAll, beforeEach, expect, vi } from 'vitest';
import { stackNames } from '#local/stack-settings.ts';
import type { AccessKey } from '#shared/loopback-guard.ts';
import { type FakeAdobe, type Seen, startFakeAdobe } from '#test/fixtures/fake-adobe.ts';
import type { Gateway } from '#test/fixtures/gateway.ts';
import { it } from '#test/fixtures/shared-gateway.ts';

let gateway: Gateway;
let receiver: FakeAdobe;
it.beforeAll(async ({ gateway: shared }) => {
  gateway = shared;
  receiver = await startFakeAdobe();
});
afterAll(() => receiver.close());

interface WebhookView {
  webhookId: string;
  secret: string;
  links: { self: string; test: string; rotateSecret: string };
}

interface Told {
  type: string;
  data: { jobId?: string; batchId?: string; status: string; url: string; outputs?: { key: string; url: string }[] };
}

let webhook: WebhookView;
let path: string;
beforeEach(async ({ task }) => {
  path = `/${task.id}`;
  const answer = await gateway.call('/webhooks', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-local-caller': path },
    body: JSON.stringify({ url: receiver.url + path }),
  });
  expect(answer.status).toBe(201);
  webhook = (await answer.json()) as WebhookView;
});

const calls = (): Seen[] => receiver.asked('POST', path);
const verified = ({ headers, body }: Seen, secret = webhook.secret): Told =>
  new Verifier(secret).verify(body, headers as Record<string, string>) as Told;
const post = (link: string) => gateway.call(link, { method: 'POST', headers: { 'x-local-caller': path } });

it('is told of jobs and batches, with addresses that last', async () => {
  receiver.script('POST', path, { status: 204 });
  const lines = [{ body: { prompt: 'a cat' } }, { body: {} }].map((line) => JSON.stringify(line)).join('\n');
  const posted = await gateway.call('/batches', {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson', 'x-local-caller': path },
    body: lines,
  });
  const { batchId } = (await posted.json()) as { batchId: string };
  await vi.waitFor(
    async () => {
      await gateway.stack.lambda.invoke(stackNames.functions.dispatch, {});
      expect(calls()).toHaveLength(2);
    },
    { timeout: 170_000, interval: 300 },
  );
  const told = calls().map((call) => verified(call));
  const job = told.find(({ type }) => type === 'job.ended');
  const batch = told.find(({ type }) => type === 'batch.ended');
  expect(job?.data).toMatchObject({ batchId, line: 1, status: 'succeeded', caller: path });
  expect(batch?.data).toMatchObject({ batchId, status: 'finished', counts: { succeeded: 1, rejected: 1 } });
  const [output] = job?.data.outputs ?? [];
  const redirect = await gateway.call(output?.url ?? '', { headers: { 'x-local-caller': path } });
  expect(redirect.status).toBe(302);
  expect((await fetch(redirect.headers.get('location') ?? '')).status).toBe(200);
  expect(calls().map(({ body }) => body)).not.toContainEqual(expect.stringContaining('a cat'));
  expect(gateway.logLines.filter((line) => line.includes(webhook.secret))).toEqual([]);
});

it('is told again, under the same id, when notify dies in the middle of a call', async () => {
  receiver.script(
    'POST',
    path,
    async () => {
      await gateway.stack.lambda.killWorkers(stackNames.functions.notify);
      return { status: 204 };
    },
    { status: 204 },
  );
  expect((await post(webhook.links.test)).status).toBe(202);
  await vi.waitFor(() => expect(calls()).toHaveLength(2), { timeout: 120_000 });
  expect(calls()[1]?.headers['webhook-id']).toBe(calls()[0]?.headers['webhook-id']);
  await vi.waitFor(
    async () => {
      const shown = await gateway.call(webhook.links.self, { headers: { 'x-local-caller': path } });
      expect(((await shown.json()) as { deliveries: unknown }).deliveries).toMatchObject([{ status: 'delivered' }]);
    },
    { timeout: 120_000 },
  );
});

it('changes over to a new secret without a gap', async () => {
  receiver.script('POST', path, { status: 204 });
  const { secret } = (await (await post(webhook.links.rotateSecret)).json()) as WebhookView;
  await post(webhook.links.test);
  await vi.waitFor(() => expect(calls()).toHaveLength(1), { timeout: 120_000 });
  const [call] = calls();
  if (call === undefined) throw new Error('There was no call.');
  expect(verified(call, webhook.secret)).toEqual(verified(call, secret));
});

it('is never told what another stage announces, nor what the gateway does not write itself', async ({
  onTestFinished,
}) => {
  const before = gateway.logLines.length;
  const { eventBridge: endpoint, accessKeyId, secretAccessKey } = gateway.stack.description;
  const connect = (credentials: AccessKey) => {
    const client = new EventBridgeClient({ endpoint, region: 'us-east-1', credentials });
    onTestFinished(() => client.destroy());
    return client;
  };
  const operator = connect({ accessKeyId, secretAccessKey });
  const dispatch = connect(gateway.stack.identities.dispatch);
  receiver.script('POST', path, { status: 204 });
  const at = new Date().toISOString();
  const own = {
    gateway: stackNames.stack,
    jobId: randomUUID(),
    caller: path,
    operation: 'images/generate',
    status: 'succeeded',
    outputs: [],
    createdAt: at,
    finishedAt: at,
    url: 'https://gateway.test/jobs/1',
  };
  const dev = { ...own, gateway: 'firefly-gateway-dev', jobId: randomUUID() };
  const put = async (by: EventBridgeClient, EventBusName: string, detail: object, Source = 'firefly-gateway') => {
    const entry = { EventBusName, Source, DetailType: 'Job Ended', Detail: JSON.stringify(detail) };
    expect((await by.send(new PutEventsCommand({ Entries: [entry] }))).FailedEntryCount).toBe(0);
  };
  await put(operator, 'firefly-gateway-dev', dev);
  await put(operator, 'default', { ...own, jobId: randomUUID() });
  await put(dispatch, stackNames.eventBus, dev);
  await put(dispatch, stackNames.eventBus, { ...own, jobId: randomUUID(), note: 'approved' });
  const forged = { ...own, jobId: randomUUID() };
  const denied = { name: 'AccessDeniedException' };
  await expect(put(operator, stackNames.eventBus, forged)).rejects.toMatchObject(denied);
  await expect(put(dispatch, stackNames.eventBus, forged, 'team.marketing')).rejects.toMatchObject(denied);
  // As a rule that matches too much would start it.
  const invoked = { source: 'firefly-gateway', 'detail-type': 'Job Ended', detail: dev };
  await gateway.stack.lambda.start(`${stackNames.functions.notify}:live`, invoked);
  const refused = () => gateway.logLines.slice(before).filter((line) => line.includes('EventsRefused'));
  await vi.waitFor(() => expect(refused()).toHaveLength(2), { timeout: 120_000 });
  await put(dispatch, stackNames.eventBus, own);
  await vi.waitFor(() => expect(calls()).not.toHaveLength(0), { timeout: 120_000 });
  expect(calls().map((call) => verified(call).data)).toEqual([own]);
});
