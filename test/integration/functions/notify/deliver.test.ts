import { Webhook as Verifier } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCallWebhook } from '#functions/notify/call-webhook.ts';
import { createDelivery } from '#shared/webhooks/delivery-store.ts';
import { buildDelivery } from '#shared/webhooks/message.ts';
import {
  deleteWebhook,
  disableWebhook,
  enableWebhook,
  getWebhook,
  rotateSecret,
} from '#shared/webhooks/webhook-store.ts';
import type { Seen } from '#test/fixtures/fake-adobe.ts';
import { type Rig, type Servers, startServers, timeoutMs } from './rig.ts';

let servers: Servers;
beforeAll(async () => {
  servers = await startServers();
});
afterAll(() => servers.close());

const ok = { status: 204 };
const broken = { status: 500, body: { message: 'out of order' } };

const calls = ({ receiver }: Rig): Seen[] => receiver.asked('POST', '/hook');
const idsOf = (seen: readonly Seen[]) => new Set(seen.map(({ headers }) => headers['webhook-id']));
const minute = 60_000;
const hour = 60 * minute;

describe('an end', () => {
  it('is told to every webhook of its caller that wants to know, and to nobody else', async () => {
    const rig = await servers.rig();
    rig.receiver.script('POST', '/hook', ok);
    rig.receiver.script('POST', '/second', ok);
    await rig.webhook();
    await rig.webhook({ path: '/second' });
    await rig.webhook({ path: '/batches', events: ['batch.ended'] });
    await rig.webhook({ path: '/other', caller: 'bob' });
    await disableWebhook(rig.parts.table, await rig.webhook({ path: '/disabled' }));
    expect(await rig.tell()).toBe(2);
    expect(await rig.deliver()).toEqual([{ state: 'delivered' }, { state: 'delivered' }]);
    expect(rig.receiver.seen.map(({ path }) => path).sort()).toEqual(['/hook', '/second']);
    expect(idsOf(rig.receiver.seen).size).toBe(1);
    expect(await rig.tell({ type: 'batch.ended' }, 'carol')).toBe(0);
  });

  it('is told once, though it is announced twice and the telling is repeated', async () => {
    const rig = await servers.rig();
    rig.receiver.script('POST', '/hook', ok);
    const webhook = await rig.webhook();
    await rig.tell();
    await rig.tell();
    await rig.deliver();
    // An execution that Lambda has forgotten is started again; the record knows that the message has arrived.
    await rig.tell();
    expect(await rig.deliver()).toEqual([{ state: 'delivered' }]);
    expect(calls(rig)).toHaveLength(1);
    expect(await rig.deliveries(webhook)).toHaveLength(1);
  });

  it('is signed as Standard Webhooks has it, at the time of the try', async () => {
    const rig = await servers.rig();
    rig.clock.set(Date.now());
    rig.receiver.script('POST', '/hook', ok);
    const { secrets } = await rig.webhook();
    await rig.tell();
    await rig.deliver();
    const [call] = calls(rig);
    const verifier = new Verifier(secrets[0]?.secret ?? '');
    expect(verifier.verify(call?.body ?? '', call?.headers as Record<string, string>)).toEqual({
      type: 'job.ended',
      timestamp: expect.any(String),
      data: { jobId: 'job-1' },
    });
    expect(call?.headers['content-type']).toBe('application/json');
    expect(() => verifier.verify(`${call?.body} `, call?.headers as Record<string, string>)).toThrow();
  });

  it('is signed with both secrets for a day after a rotation', async () => {
    const rig = await servers.rig();
    rig.clock.set(Date.now());
    rig.receiver.script('POST', '/hook', ok);
    const webhook = await rig.webhook();
    const rotated = await rotateSecret(rig.parts.table, webhook);
    await rig.tell();
    await rig.deliver();
    const [call] = calls(rig);
    for (const { secret } of [...webhook.secrets, ...(rotated?.secrets ?? [])]) {
      const verify = () => new Verifier(secret).verify(call?.body ?? '', call?.headers as Record<string, string>);
      expect(verify).not.toThrow();
    }
    rig.clock.advance(25 * hour);
    await rig.tell({ subject: 'job-2' });
    await rig.deliver();
    expect(String(calls(rig)[1]?.headers['webhook-signature']).split(' ')).toHaveLength(1);
  });
});

describe('a receiver that does not take a message', () => {
  it('gets it again under the same id, later each time, until it does', async () => {
    const rig = await servers.rig();
    const later = (answer: object, ms: number) => () => {
      rig.clock.advance(ms);
      return answer as typeof ok;
    };
    rig.receiver.script(
      'POST',
      '/hook',
      later(broken, 5_000),
      later({ status: 302, headers: { location: `${rig.receiver.url}/elsewhere` } }, 30_000),
      later(ok, 0),
    );
    const webhook = await rig.webhook();
    await rig.tell();
    expect(await rig.deliver()).toEqual([{ state: 'delivered' }]);
    expect(idsOf(calls(rig)).size).toBe(1);
    expect(new Set(calls(rig).map(({ body }) => body)).size).toBe(1);
    expect(new Set(calls(rig).map(({ headers }) => headers['webhook-timestamp'])).size).toBe(3);
    // Redirects are not followed: nobody has looked at where they lead.
    expect(rig.receiver.asked('POST', '/elsewhere')).toEqual([]);
    expect(await rig.deliveries(webhook)).toMatchObject([
      {
        state: 'delivered',
        attempts: [{ status: 500, answer: '{"message":"out of order"}' }, { status: 302 }, { status: 204 }],
      },
    ]);
  });

  it('is left alone for as long as it asks', async () => {
    const rig = await servers.rig();
    rig.receiver.script('POST', '/hook', { status: 429, headers: { 'retry-after': '1800' } }, ok);
    const webhook = await rig.webhook();
    const paused: string[] = [];
    const { callWebhook } = rig.parts;
    rig.parts.callWebhook = async (...call) => {
      const [delivery] = await rig.deliveries(webhook);
      if (delivery?.nextAttemptAt !== undefined) paused.push(delivery.nextAttemptAt);
      return callWebhook(...call);
    };
    await rig.tell();
    await rig.deliver();
    expect(paused).toEqual([new Date(rig.clock.now() + 30 * minute).toISOString()]);
  });

  it('is given up after a day', async () => {
    const rig = await servers.rig();
    rig.receiver.script('POST', '/hook', () => {
      rig.clock.advance(5 * hour);
      return broken;
    });
    const webhook = await rig.webhook();
    await rig.tell();
    expect(await rig.deliver()).toEqual([{ state: 'failed' }]);
    expect(calls(rig)).toHaveLength(5);
    expect(await rig.deliveries(webhook)).toMatchObject([{ state: 'failed', finishedAt: expect.any(String) }]);
    expect((await getWebhook(rig.parts.table, webhook))?.state).toBe('enabled');
  });

  it('and says that it is gone is called no more, until its owner enables it', async () => {
    const rig = await servers.rig();
    rig.receiver.script('POST', '/hook', { status: 410 }, ok);
    const webhook = await rig.webhook();
    await rig.tell();
    expect(await rig.deliver()).toEqual([{ state: 'failed' }]);
    expect(await getWebhook(rig.parts.table, webhook)).toMatchObject({ state: 'disabled', disabledReason: 'gone' });
    expect(await rig.tell({ subject: 'job-2' })).toBe(0);
    await enableWebhook(rig.parts.table, webhook);
    expect(await rig.tell({ subject: 'job-3' })).toBe(1);
    expect(await rig.deliver()).toEqual([{ state: 'delivered' }]);
  });

  it.each([
    ['disabled', disableWebhook, 'webhook_disabled'],
    ['deleted', deleteWebhook, 'webhook_deleted'],
  ] as const)('gets nothing more once its webhook is %s', async (_, end, reason) => {
    const rig = await servers.rig();
    const webhook = await rig.webhook();
    rig.receiver.script('POST', '/hook', async () => {
      await end(rig.parts.table, webhook);
      return broken;
    });
    await rig.tell();
    expect(await rig.deliver()).toEqual([{ state: 'failed' }]);
    expect(calls(rig)).toHaveLength(1);
    expect(await rig.deliveries(webhook)).toMatchObject([{ state: 'failed', reason, attempts: [{ status: 500 }] }]);
  });

  it('gets a test message once only', async () => {
    const rig = await servers.rig();
    rig.receiver.script('POST', '/hook', broken);
    const webhook = await rig.webhook();
    const at = new Date(rig.clock.now()).toISOString();
    const delivery = buildDelivery({ type: 'webhook.test', at, subject: 'test', data: {} }, webhook);
    await createDelivery(rig.parts.table, delivery);
    rig.started.set(delivery.deliveryId, { delivery });
    expect(await rig.deliver()).toEqual([{ state: 'failed' }]);
    expect(calls(rig)).toHaveLength(1);
    expect(await rig.deliveries(webhook)).toMatchObject([{ attempts: [{ status: 500 }] }]);
  });
});

describe('a call', () => {
  const call = createCallWebhook({ timeoutMs, allowsLoopback: true });

  it.each([
    ['reset', /^The connection failed: ECONNRESET\.$/],
    ['silence', /^There was no answer within 0\.3 s\.$/],
  ] as const)('that meets %s is reported, and does not hold anybody up', async (fault, error) => {
    const { receiver } = await servers.rig();
    receiver.script('POST', '/hook', { fault });
    const answer = await call(`${receiver.url}/hook`, {}, '{}');
    expect(answer).toEqual({ durationMs: expect.any(Number), error: expect.stringMatching(error) });
    expect(answer.durationMs).toBeLessThan(10 * timeoutMs);
  });

  it('has been answered once the status is there, whatever becomes of the rest', async () => {
    const { receiver } = await servers.rig();
    receiver.script('POST', '/hook', { fault: 'cut' });
    expect(await call(`${receiver.url}/hook`, {}, '{}')).toMatchObject({ status: 200, excerpt: '{"half":' });
  });

  it('keeps the beginning of an answer only', async () => {
    const { receiver } = await servers.rig();
    receiver.script('POST', '/hook', { status: 200, body: 'x'.repeat(100_000) });
    expect((await call(`${receiver.url}/hook`, {}, '{}')).excerpt).toBe('x'.repeat(500));
  });

  it.each([
    ['another protocol', 'http://example.com/', 'The URL must begin with https://.'],
    ['an address on this machine', 'https://127.0.0.1/', 'The URL must lead to a public address.'],
  ])('to %s is not made in AWS', async (_, url, error) => {
    const inAws = createCallWebhook({ timeoutMs, allowsLoopback: false });
    expect(await inAws(url, {}, '{}')).toMatchObject({ error });
  });

  it('goes to the very address that was looked at: a name that answers differently later gains nothing', async () => {
    const { receiver } = await servers.rig();
    const answers = ['8.8.8.8', '127.0.0.1'];
    const inAws = createCallWebhook({
      timeoutMs,
      allowsLoopback: false,
      lookup: (_name, _options, callback) => callback(null, [{ address: answers.pop() ?? '', family: 4 }]),
    });
    expect(await inAws('https://rebind.example.com:8443/hook', {}, '{}')).toMatchObject({
      error: 'The name does not lead to public addresses only.',
    });
    expect(receiver.seen).toEqual([]);
  });
});
