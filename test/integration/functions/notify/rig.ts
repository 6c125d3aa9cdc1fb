import { v4 as uuid } from 'uuid';
import { createCallWebhook } from '#functions/notify/call-webhook.ts';
import type { NotifyContext } from '#functions/notify/context.ts';
import { createDeliveries } from '#functions/notify/create-deliveries.ts';
import type { DeliveryEnd } from '#functions/notify/deliver.ts';
import { deliver } from '#functions/notify/deliver.ts';
import { createWebhookTable } from '#local/create-tables.ts';
import type { DynamoDb } from '#shared/aws/dynamodb/client.ts';
import { latestDeliveries } from '#shared/webhooks/delivery-store.ts';
import type { Message } from '#shared/webhooks/message.ts';
import type { Delivery, DeliveryRef, Webhook } from '#shared/webhooks/webhook.ts';
import { createWebhook } from '#shared/webhooks/webhook-store.ts';
import { type FakeAdobe, startFakeAdobe } from '#test/fixtures/fake-adobe.ts';
import { startTestDynamoDb } from '#test/fixtures/job-table.ts';
import { createManualClock, type ManualClock } from '#test/fixtures/manual-clock.ts';
import { type Observed, observe } from '#test/fixtures/observed.ts';
import { runDurably } from '#test/fixtures/replayed-execution.ts';

/** Servers that the tests of one file share. */
export interface Servers {
  rig(parts?: Partial<NotifyContext>): Promise<Rig>;
  close(): Promise<void>;
}

/** The notify function over a table, with one receiver. */
export interface Rig extends Observed {
  parts: NotifyContext;
  clock: ManualClock;
  /** The client of the rig's table, to which a test may do what it likes. */
  dynamoDb: DynamoDb;
  /** What webhooks call. */
  receiver: FakeAdobe;
  /** Payloads of the executions that were started, by name: each once, as Lambda has it. */
  started: Map<string, { delivery: DeliveryRef }>;
  /** Makes a webhook of alice's that calls the receiver at a path. */
  webhook(fields?: Partial<Webhook> & { path?: string }): Promise<Webhook>;
  /** Tells webhooks of an end. */
  tell(message?: Partial<Message>, caller?: string): Promise<number>;
  /** Runs everything that was started to its end. */
  deliver(): Promise<DeliveryEnd[]>;
  deliveries(webhook: Webhook): Promise<Delivery[]>;
}

/** How long a rig waits for a receiver, in ms. */
export const timeoutMs = 300;

export const startServers = async (): Promise<Servers> => {
  const dynamoDb = await startTestDynamoDb();
  const receivers: FakeAdobe[] = [];
  return {
    rig: async (changes = {}) => {
      const clock = createManualClock();
      const tableName = `webhooks-${uuid()}`;
      await createWebhookTable(dynamoDb.admin, tableName);
      const { own: table, client } = dynamoDb.reconnect({ ...(await dynamoDb.table(clock)), tableName });
      const receiver = await startFakeAdobe();
      receivers.push(receiver);
      return createRig({ table, dynamoDb: client, clock, receiver }, changes);
    },
    close: async () => {
      await Promise.all([dynamoDb.close(), ...receivers.map((receiver) => receiver.close())]);
    },
  };
};

const createRig = (
  { table, dynamoDb, clock, receiver }: Pick<NotifyContext, 'table'> & Pick<Rig, 'dynamoDb' | 'clock' | 'receiver'>,
  changes: Partial<NotifyContext>,
): Rig => {
  const observed = observe();
  const started: Rig['started'] = new Map();
  const parts: NotifyContext = {
    table,
    // Their partitions differ.
    jobs: table,
    startDelivery: async (payload, name) => {
      started.set(name, payload as { delivery: DeliveryRef });
    },
    callWebhook: createCallWebhook({ timeoutMs, allowsLoopback: true }),
    random: () => 0,
    log: observed.log,
    ...changes,
  };
  return {
    ...observed,
    parts,
    clock,
    dynamoDb,
    receiver,
    started,
    webhook: async ({ path = '/hook', ...fields } = {}) => {
      const webhook = await createWebhook(table, {
        caller: 'alice',
        url: receiver.url + path,
        events: ['job.ended', 'batch.ended'],
        ...fields,
      });
      if (webhook === undefined) throw new Error('There are ten webhooks.');
      return webhook;
    },
    tell: (fields = {}, caller = 'alice') => {
      const at = new Date(clock.now()).toISOString();
      return createDeliveries(parts, {
        kind: 'announcement',
        caller,
        message: { type: 'job.ended', at, subject: 'job-1', data: { jobId: 'job-1' }, ...fields },
      });
    },
    deliver: async () => {
      const ends: DeliveryEnd[] = [];
      for (const { delivery } of started.values()) {
        const { end } = await runDurably((context) => deliver(context, delivery, parts));
        ends.push(end);
      }
      started.clear();
      return ends;
    },
    deliveries: ({ webhookId }) => latestDeliveries(table, webhookId, 20),
  };
};
