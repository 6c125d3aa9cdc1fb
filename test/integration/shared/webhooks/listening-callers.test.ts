import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { getItem, type Table } from '#shared/aws/table.ts';
import { systemClock } from '#shared/clock.ts';
import { publishEnded } from '#shared/outbox/publish-ended.ts';
import { listeningKey, noteNoWebhooks, noteWebhooks, saysWithoutWebhooks } from '#shared/webhooks/listening-callers.ts';
import { startTestDynamoDb } from '#test/fixtures/job-table.ts';
import { createManualClock } from '#test/fixtures/manual-clock.ts';
import { createLane, enqueue } from '#test/fixtures/queue.ts';

let dynamoDb: Awaited<ReturnType<typeof startTestDynamoDb>>;
let table: Table;
beforeAll(async () => {
  dynamoDb = await startTestDynamoDb();
  table = await dynamoDb.table(systemClock);
});
afterAll(() => dynamoDb.close());

const isWithoutWebhooks = async (of: Table, caller: string): Promise<boolean> =>
  saysWithoutWebhooks(await getItem(of, listeningKey(caller)));

/** Every order in which the steps of several processes can come, each process by its number. */
const interleave = (steps: readonly number[]): number[][] =>
  steps.every((count) => count === 0)
    ? [[]]
    : steps.flatMap((count, process) =>
        count === 0
          ? []
          : interleave(steps.map((other, index) => (index === process ? other - 1 : other))).map((rest) => [
              process,
              ...rest,
            ]),
      );

describe('callers without webhooks', () => {
  it('are those of whom it is noted, until one may have been made', async () => {
    expect(await isWithoutWebhooks(table, 'alice')).toBe(false);
    await noteNoWebhooks(table, 'alice');
    expect(await isWithoutWebhooks(table, 'alice')).toBe(true);
    await noteWebhooks(table, 'alice');
    await noteNoWebhooks(table, 'alice');
    expect(await isWithoutWebhooks(table, 'alice')).toBe(false);
  });

  it('are looked at again after an hour, in which a webhook may have come without a note', async () => {
    const clock = createManualClock();
    const later = { ...table, clock };
    await noteNoWebhooks(later, 'dave');
    clock.advance(3_599_000);
    expect(await isWithoutWebhooks(later, 'dave')).toBe(true);
    clock.advance(1_000);
    expect(await isWithoutWebhooks(later, 'dave')).toBe(false);
    await noteNoWebhooks(later, 'dave');
    expect(await isWithoutWebhooks(later, 'dave')).toBe(true);
    await noteWebhooks(later, 'dave');
    clock.advance(86_400_000);
    await noteNoWebhooks(later, 'dave');
    expect(await isWithoutWebhooks(later, 'dave')).toBe(false);
  });

  it('do not include one whose webhook was made, in whatever order its making and notify come', async () => {
    const orders = interleave([2, 2, 2]);
    expect(orders).toHaveLength(90);
    for (const [index, order] of orders.entries()) {
      const caller = `caller ${index}`;
      let isMade = false;
      const notify = () => {
        let isFound = true;
        return [
          async () => {
            isFound = isMade;
          },
          async () => {
            if (!isFound) await noteNoWebhooks(table, caller);
          },
        ];
      };
      const making = [
        () => noteWebhooks(table, caller),
        async () => {
          isMade = true;
        },
      ];
      const processes = [notify(), making, notify()];
      for (const process of order) await processes[process]?.shift()?.();
      expect(await isWithoutWebhooks(table, caller), order.join(' ')).toBe(false);
    }
  });

  it('have it said in the events of their jobs, which start no notify then', async () => {
    const details: Record<string, unknown>[] = [];
    const send = async ({ input }: { input: { Entries: { Detail: string }[] } }) => {
      for (const { Detail } of input.Entries) details.push(JSON.parse(Detail));
      return { FailedEntryCount: 0 };
    };
    const bus = {
      eventBridge: { send } as never,
      eventBusName: 'bus',
      stackName: 'gateway',
      gatewayUrl: 'https://gateway.test',
    };
    const outbox = { table, bus, log: { warn: () => {} }, recordMetric: () => {} };
    await noteNoWebhooks(table, 'bob');
    for (const caller of ['bob', 'carol']) {
      const job = await enqueue(createLane(table), { caller });
      await publishEnded(outbox, { ...job, state: 'cancelled', finishedAt: new Date().toISOString() });
    }
    expect(details.map(({ webhooks }) => webhooks)).toEqual([false, undefined]);
  });
});
