import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { allOf, condition, exists } from '#shared/aws/expressions.ts';
import type { Item } from '#shared/aws/items.ts';
import {
  countItems,
  getItem,
  putItem,
  putNew,
  queryFirst,
  queryItems,
  removeItem,
  type Table,
  updateItem,
} from '#shared/aws/table.ts';
import { startTestDynamoDb, type TestDynamoDb } from '#test/fixtures/job-table.ts';
import { createManualClock, type ManualClock } from '#test/fixtures/manual-clock.ts';

let dynamoDb: TestDynamoDb;
beforeAll(async () => {
  dynamoDb = await startTestDynamoDb();
});
afterAll(() => dynamoDb.close());

let clock: ManualClock;
let table: Table;
beforeEach(async () => {
  clock = createManualClock();
  table = await dynamoDb.table(clock);
});

const key = { pk: 'thing', sk: '1' };
const inSeconds = (seconds: number) => Math.floor(clock.now() / 1000) + seconds;

describe('putNew', () => {
  it('writes an item once, and then returns the one that is there', async () => {
    expect(await putNew(table, { ...key, size: 1 })).toEqual({ created: true, item: { ...key, size: 1 } });
    expect(await putNew(table, { ...key, size: 2 })).toEqual({ created: false, item: { ...key, size: 1 } });
  });

  it('replaces an item that has expired and is not deleted yet', async () => {
    await putNew(table, { ...key, size: 1, expiresAt: inSeconds(10) });
    expect((await putNew(table, { ...key, size: 2 })).created).toBe(false);
    await clock.advance(11_000);
    expect(await getItem(table, key)).toBeUndefined();
    expect((await putNew(table, { ...key, size: 2 })).created).toBe(true);
  });

  it('lets exactly one of many at once in', async () => {
    const puts = await Promise.all(Array.from({ length: 8 }, (_, size) => putNew(table, { ...key, size })));
    expect(puts.filter(({ created }) => created)).toHaveLength(1);
    expect(new Set(puts.map(({ item }) => item['size'])).size).toBe(1);
  });
});

describe('updateItem', () => {
  const item = { ...key, state: 'open', order: 'a', count: 1, ends: { failed: 0 }, log: ['x'] };
  beforeEach(() => putItem(table, item));

  it('sets, removes, adds and appends in one write, and returns the item after it', async () => {
    const updated = await updateItem(table, key, {
      set: { state: 'done', order: undefined, 'log[0]': 'y' },
      setIfAbsent: { count: 7, since: 5 },
      remove: ['nothing'],
      when: condition`#state IN (${['open', 'half']}) AND #count = ${1}`,
    });
    expect(updated).toEqual({ ...key, state: 'done', count: 1, since: 5, ends: { failed: 0 }, log: ['y'] });
    const raised = await updateItem(table, key, {
      add: { count: 2, fresh: 1, 'ends.failed': 3 },
      append: { log: ['z'] },
    });
    expect(raised).toMatchObject({ count: 3, fresh: 1, ends: { failed: 3 }, log: ['y', 'z'] });
  });

  it('changes nothing where the condition does not hold', async () => {
    expect(await updateItem(table, key, { set: { count: 9 }, when: condition`#state = ${'done'}` })).toBeUndefined();
    expect(await updateItem(table, { ...key, sk: '2' }, { set: { count: 9 }, when: exists })).toBeUndefined();
    expect(await getItem(table, key)).toEqual(item);
  });

  it('keeps the parts of a joined condition apart', async () => {
    const either = condition`#state = ${'open'} OR #state = ${'half'}`;
    const when = allOf(either, condition`#count = ${2}`, undefined);
    expect(await updateItem(table, key, { set: { count: 9 }, when })).toBeUndefined();
  });

  it('passes on any other failure', async () => {
    await expect(updateItem(table, key, { append: { missing: ['x'] } })).rejects.toThrow('does not exist');
  });
});

describe('removeItem', () => {
  it('deletes only where the condition holds', async () => {
    await putItem(table, { ...key, state: 'open' });
    expect(await removeItem(table, key, condition`#state = ${'done'}`)).toBe(false);
    expect(await removeItem(table, key, condition`attribute_exists(#state)`)).toBe(true);
    expect(await getItem(table, key)).toBeUndefined();
  });
});

describe('a query', () => {
  const all = { where: condition`#pk = ${'thing'} AND begins_with(#sk, ${'0'})`, consistent: true };
  beforeEach(async () => {
    for (let index = 0; index < 7; index += 1) {
      await putItem(table, {
        pk: 'thing',
        sk: `0${index}`,
        odd: index % 2,
        expiresAt: inSeconds(index === 3 ? 0 : 60),
      });
    }
    await putItem(table, { pk: 'thing', sk: '9' });
  });

  const keys = (items: Item[]) => items.map(({ sk }) => sk);

  it('reads page after page, without what has expired', async () => {
    const found: Item[] = [];
    for await (const item of queryItems(table, { ...all, pageSize: 2 })) found.push(item);
    expect(keys(found)).toEqual(['00', '01', '02', '04', '05', '06']);
  });

  it('stops at a limit, from either end, though filtered pages are empty', async () => {
    expect(keys(await queryFirst(table, { ...all, descending: true }, 2))).toEqual(['06', '05']);
    const odd = { ...all, pageSize: 1, filter: condition`#odd = ${1}` };
    expect(keys(await queryFirst(table, odd, 2))).toEqual(['01', '05']);
    expect(keys(await queryFirst(table, odd, 9))).toEqual(['01', '05']);
  });

  it('counts up to a limit', async () => {
    expect(await countItems(table, { ...all, pageSize: 2 }, 5)).toBe(5);
    expect(await countItems(table, all, 100)).toBe(7);
  });
});
