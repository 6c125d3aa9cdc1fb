import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BesideDynalite, startBesideDynalite } from './beside-dynalite.ts';

let servers: BesideDynalite;
const compare: BesideDynalite['compare'] = (...request) => servers.compare(...request);

const pad = (value: number) => String(value).padStart(3, '0');
const many = Array.from({ length: 250 }, (_, index) => ({
  pk: { S: 'many' },
  sk: { S: `item-${pad(index)}` },
  queueState: { S: index % 3 === 0 ? 'done' : 'queued' },
  // In an order of their own.
  queueOrder: { S: pad((index * 7) % 250) },
  tries: { N: String(index % 5) },
}));
// More than the megabyte of one answer.
const large = Array.from({ length: 12 }, (_, index) => ({
  pk: { S: 'large' },
  sk: { S: `item-${pad(index)}` },
  text: { S: 'x'.repeat(100_000) },
}));

beforeAll(async () => {
  servers = await startBesideDynalite();
  const items = [...large, ...many];
  for (let start = 0; start < items.length; start += 25) {
    const puts = items.slice(start, start + 25).map((Item) => ({ PutRequest: { Item } }));
    expect((await compare('BatchWriteItem', { RequestItems: { jobs: puts } })).status).toBe(200);
  }
});

afterAll(() => servers.close());

describe('what reads ranges and writes indexes does as dynalite does', () => {
  const start = { pk: { S: 'many' }, sk: { S: 'item-120' } };
  const queueStart = { ...many[100], tries: undefined };
  it.each([
    ['all', '', {}, 250],
    ['a first page', '', { Limit: 7 }, 7],
    ['as many as are read at once', '', { Limit: 100 }, 100],
    ['one more', '', { Limit: 101 }, 101],
    ['more than there are', '', { Limit: 300 }, 250],
    ['the last ones', '', { Limit: 99, ScanIndexForward: false }, 99],
    ['what follows', '', { ExclusiveStartKey: start }, 129],
    ['what precedes', '', { ExclusiveStartKey: start, ScanIndexForward: false, Limit: 110 }, 110],
    ['those that begin alike', 'begins_with(sk, :a)', { values: ['item-1'] }, 100],
    ['those up to one', 'sk <= :a', { values: ['item-101'] }, 102],
    ['those before one', 'sk < :a', { values: ['item-101'] }, 101],
    ['those from one on', 'sk >= :a', { values: ['item-101'] }, 149],
    ['those behind one', 'sk > :a', { values: ['item-101'], ScanIndexForward: false }, 148],
    ['those between two', 'sk BETWEEN :a AND :b', { values: ['item-010', 'item-210'], Limit: 200 }, 200],
    ['the only one', 'sk = :a', { values: ['item-101'], ReturnConsumedCapacity: 'TOTAL' }, 1],
    ['none', 'sk = :a', { values: ['item-999'] }, 0],
    ['some of a page', '', { FilterExpression: 'tries > :n', Limit: 120 }, 24],
    ['how many', '', { Select: 'COUNT' }, 250],
    ['no more than a megabyte', '', { pk: 'large' }, 11],
    ['no more than a megabyte from the end', '', { pk: 'large', ScanIndexForward: false }, 11],
    ['an index', '', { queue: 'queued' }, 166],
    ['a page of an index', '', { queue: 'queued', Limit: 105 }, 105],
    ['an index from its end', '', { queue: 'queued', Limit: 50, ScanIndexForward: false }, 50],
    ['what follows in an index', '', { queue: 'queued', ExclusiveStartKey: queueStart, Limit: 3 }, 3],
    ['those of an index that begin alike', 'begins_with(queueOrder, :a)', { queue: 'queued', values: ['1'] }, 66],
    ['those of an index from one on', 'queueOrder >= :a', { queue: 'done', values: ['200'], Limit: 9 }, 9],
  ])('Query of %s', async (_name, condition, { values = [], pk = 'many', queue, ...more }: QueryCase, count) => {
    const partition = queue === undefined ? 'pk = :p' : 'queueState = :p';
    const named = values.map((value, index) => [`:${'ab'[index]}`, { S: value }]);
    const { status, body } = await compare('Query', {
      TableName: 'jobs',
      IndexName: queue === undefined ? undefined : 'queue',
      KeyConditionExpression: condition === '' ? partition : `${partition} AND ${condition}`,
      ExpressionAttributeValues: {
        ':p': { S: queue ?? pk },
        ...Object.fromEntries(named),
        ...('FilterExpression' in more ? { ':n': { N: '3' } } : {}),
      },
      ...more,
    });
    expect(body).toMatchObject({ Count: count });
    expect(status).toBe(200);
  });

  it('Scan, page by page', async () => {
    let last: object | undefined;
    let items = 0;
    do {
      const { body } = await compare('Scan', { TableName: 'jobs', Limit: 103, ExclusiveStartKey: last });
      const page = body as { Count: number; LastEvaluatedKey?: object };
      last = page.LastEvaluatedKey;
      items += page.Count;
    } while (last !== undefined);
    expect(items).toBe(large.length + many.length);
  });

  it('the indexes after items were changed and deleted', async () => {
    for (const { pk, sk } of many.slice(0, 20)) {
      const Key = { pk, sk };
      const change = {
        UpdateExpression: 'SET queueState = :s REMOVE tries',
        ExpressionAttributeValues: { ':s': { S: 'moved' } },
      };
      await compare('UpdateItem', { TableName: 'jobs', Key, ...change, ReturnValues: 'ALL_NEW' });
      if (sk.S > 'item-014') await compare('DeleteItem', { TableName: 'jobs', Key, ReturnValues: 'ALL_OLD' });
    }
    const counts = ['moved', 'queued', 'done'].map(async (state) => {
      const { body } = await compare('Query', {
        TableName: 'jobs',
        IndexName: 'queue',
        KeyConditionExpression: 'queueState = :s',
        ExpressionAttributeValues: { ':s': { S: state } },
      });
      return (body as { Count?: number }).Count;
    });
    expect(await Promise.all(counts)).toEqual([15, 153, 77]);
  });
});

interface QueryCase {
  values?: string[];
  pk?: string;
  /** The partition of the index that is asked instead of the table. */
  queue?: string;
  [parameter: string]: unknown;
}
