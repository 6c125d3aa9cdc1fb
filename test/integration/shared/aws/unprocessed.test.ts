import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { getItems } from '#shared/aws/batch-get.ts';
import type { Operations } from '#shared/aws/dynamodb/operations.ts';
import type { Table } from '#shared/aws/table.ts';
import { removeItems, writeItems } from '#shared/aws/write-items.ts';
import { allItems, startTestDynamoDb, type TestDynamoDb } from '#test/fixtures/job-table.ts';
import { createManualClock } from '#test/fixtures/manual-clock.ts';

let dynamoDb: TestDynamoDb;
beforeAll(async () => {
  dynamoDb = await startTestDynamoDb();
});
afterAll(() => dynamoDb.close());

const items = Array.from({ length: 12 }, (_, index) => ({ pk: 'thing', sk: String(index) }));
const bySortKey = (found: Record<string, unknown>[]) =>
  found.map(({ sk }) => Number(sk)).sort((one, other) => one - other);

let table: Table;
let waits: number[];
const sleep = async (ms: number) => {
  waits.push(ms);
};
beforeEach(async () => {
  table = await dynamoDb.table(createManualClock());
  waits = [];
});

/** The same table, throttled: each batch does as many as the next number says, the last one that of all that follow. */
const throttle = (...capacities: number[]): Table => {
  const { own, client } = dynamoDb.reconnect(table);
  const { tableName } = own;
  client.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        const capacity = (capacities.length > 1 ? capacities.shift() : capacities[0]) ?? 0;
        if (commandName === 'BatchGetItemCommand') {
          const { RequestItems } = args.input as Operations['BatchGetItem']['input'];
          const { Keys = [], ...options } = RequestItems[tableName] ?? {};
          const left = { [tableName]: { ...options, Keys: Keys.slice(capacity) } };
          return answer(capacity, { Keys: Keys.slice(0, capacity), ...options }, { UnprocessedKeys: left });
        }
        const { RequestItems } = args.input as Operations['BatchWriteItem']['input'];
        const writes = RequestItems[tableName] ?? [];
        return answer(capacity, writes.slice(0, capacity), {
          UnprocessedItems: { [tableName]: writes.slice(capacity) },
        });

        async function answer(count: number, done: unknown, left: object) {
          if (count === 0) return { response: {}, output: { $metadata: {}, ...left } };
          const answered = await next({ ...args, input: { RequestItems: { [tableName]: done } } });
          return { ...answered, output: { ...answered.output, ...left } };
        }
      },
    { step: 'initialize', name: 'throttle' },
  );
  return own;
};

const idle = [0, 0, 0, 0, 0, 0, 0];

describe('a batch that is throttled', () => {
  it('is read to its end, with a wait before each further call', async () => {
    await writeItems(table, items);
    const found = await getItems(throttle(5, 5, 5), items, 'all', { sleep });
    expect(bySortKey(found)).toEqual(items.map((_, index) => index));
    expect(waits).toHaveLength(2);
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(25);
  });

  it('is written and removed to its end, with a wait before each further call', async () => {
    await writeItems(throttle(5, 5, 5), items, sleep);
    expect(await allItems(table)).toHaveLength(items.length);
    await removeItems(throttle(5, 5, 5), items, sleep);
    expect(await allItems(table)).toEqual([]);
    expect(waits).toHaveLength(4);
  });

  it('is waited for longer while nothing of it is done', async () => {
    await writeItems(throttle(...idle, 12), items, sleep);
    for (const [index, ms] of waits.entries()) {
      const longest = Math.min(1_000, 100 * 2 ** index);
      expect(ms).toBeGreaterThanOrEqual(longest / 2);
      expect(ms).toBeLessThanOrEqual(longest);
    }
    expect(waits).toHaveLength(idle.length);
  });

  it('is not given up while some of it is done now and then', async () => {
    await writeItems(throttle(...idle, 6, ...idle, 6), items, sleep);
    expect(await allItems(table)).toHaveLength(items.length);
  });

  it('fails once nothing of it is done eight times in a row', async () => {
    const failure = { code: 'unprocessed', message: expect.stringMatching(/12 requests of a Batch(Get|Write)Item/) };
    await expect(getItems(throttle(0), items, 'all', { sleep })).rejects.toMatchObject(failure);
    await expect(writeItems(throttle(0), items, sleep)).rejects.toMatchObject(failure);
    expect(waits).toHaveLength(14);
  });
});
