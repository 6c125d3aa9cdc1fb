import { afterAll, beforeAll, expect, it } from 'vitest';
import type { CallWebhook } from '#functions/notify/call-webhook.ts';
import { deliver } from '#functions/notify/deliver.ts';
import type { StartExecution } from '#shared/aws/invoke-functions.ts';
import { runDurably } from '#test/fixtures/replayed-execution.ts';
import { CrashError } from '#test/fixtures/unreliable-dynamodb.ts';
import { type Rig, type Servers, startServers } from './rig.ts';

/** Everything that notify does to the world outside to deliver a message at the second try, in order. */
const effects = [
  'PutItem', // the delivery
  'start',
  'call', // answered 503
  'UpdateItem', // the try, and when the next one is due
  'call',
  'UpdateItem', // delivered
];

let servers: Servers;
beforeAll(async () => {
  servers = await startServers();
});
afterAll(() => servers.close());

type Fate = 'before' | 'after';

/** Kills the process once, around its n-th effect (from 0); returns the effects as they happen. */
const crashAt = (rig: Rig, point?: { index: number; fate: Fate }): string[] => {
  const seen: string[] = [];
  const around = async <Result>(name: string, act: () => Promise<Result>): Promise<Result> => {
    seen.push(name);
    const isHere = seen.length - 1 === point?.index;
    if (isHere && point?.fate === 'before') throw new CrashError(`before ${name}`);
    const result = await act();
    if (isHere) throw new CrashError(`after ${name}`);
    return result;
  };
  rig.dynamoDb.middlewareStack.add(
    (next, context) => (args) => {
      const name = String((context as { commandName?: string }).commandName).replace('Command', '');
      return /^(Put|Update|Delete)Item$/.test(name) ? around(name, () => next(args)) : next(args);
    },
    // Outside of the SDK's own retries.
    { step: 'initialize', name: 'crash' },
  );
  const { callWebhook, startDelivery } = rig.parts;
  rig.parts.callWebhook = ((...call) => around('call', () => callWebhook(...call))) satisfies CallWebhook;
  rig.parts.startDelivery = ((...start) => around('start', () => startDelivery(...start))) satisfies StartExecution;
  return seen;
};

/** Tells of an end and delivers it, with everything begun again that a crash ended. */
const run = async (rig: Rig): Promise<number> => {
  const told = await runDurably((context) => context.step('tell', () => rig.tell()));
  let invocations = told.invocations;
  for (const { delivery } of rig.started.values()) {
    const followed = await runDurably((context) => deliver(context, delivery, rig.parts));
    expect(followed.end).toEqual({ state: 'delivered' });
    invocations += followed.invocations;
  }
  return invocations;
};

const prepare = async () => {
  const rig = await servers.rig();
  rig.receiver.script('POST', '/hook', { status: 503 }, { status: 204 });
  const webhook = await rig.webhook();
  return { rig, webhook };
};

it('knows every effect, so that a new one without a crash test is noticed', async () => {
  const { rig } = await prepare();
  const seen = crashAt(rig);
  expect(await run(rig)).toBe(2);
  expect(seen).toEqual(effects);
});

const points = effects.flatMap((effect, index) =>
  (['before', 'after'] as const).map((fate) => ({ effect, index, fate })),
);

it.each(points)('delivers, though it dies $fate effect $index ($effect)', async ({ index, fate }) => {
  const { rig, webhook } = await prepare();
  crashAt(rig, { index, fate });
  expect(await run(rig)).toBe(3);
  const calls = rig.receiver.asked('POST', '/hook');
  expect(calls.length).toBeGreaterThanOrEqual(2);
  // A call that was made without anybody knowing is made again, and the receiver can tell that it is the same.
  expect(calls.length).toBeLessThanOrEqual(3);
  expect(new Set(calls.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  expect(new Set(calls.map(({ body }) => body)).size).toBe(1);
  expect(await rig.deliveries(webhook)).toMatchObject([
    { state: 'delivered', attempts: expect.arrayContaining([expect.objectContaining({ status: 204 })]) },
  ]);
});
