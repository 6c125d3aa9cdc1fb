import db, { type Item, type Table } from 'dynalite/db/index.js';
import { expect, it } from 'vitest';
import { listIndexOperations } from '#local/dynamodb-indexes.ts';
import { createRandom } from '#test/fixtures/random.ts';

const names = ['pk', 'state', 'order', 'caller'];
const toKeys = (...keys: string[]) => keys.map((AttributeName) => ({ AttributeName }));
const table = {
  TableName: 'jobs',
  AttributeDefinitions: names.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
  KeySchema: toKeys('pk'),
  GlobalSecondaryIndexes: [
    { IndexName: 'keys', KeySchema: toKeys('state', 'order'), Projection: { ProjectionType: 'KEYS_ONLY' } },
    {
      IndexName: 'some',
      KeySchema: toKeys('caller'),
      Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['note', 'list'] },
    },
    { IndexName: 'all', KeySchema: toKeys('state'), Projection: { ProjectionType: 'ALL' } },
  ],
} satisfies Table & { AttributeDefinitions: object[] };

const random = createRandom(3);
const maybe = (name: string, value: () => unknown): Item => (random() < 0.3 ? {} : { [name]: value() });
const text = () => ({ S: random() < 0.5 ? 'a' : 'b' });
const drawItem = (): Item => ({
  pk: { S: 'one' },
  ...maybe('state', text),
  ...maybe('order', text),
  ...maybe('caller', text),
  ...maybe('note', () => (random() < 0.5 ? text() : { N: '1' })),
  ...maybe('list', () => ({ L: [text(), { M: { in: text() } }] })),
  ...maybe('other', text),
});

const copiesOf = (item: Item | undefined): Record<string, unknown> =>
  Object.fromEntries(
    db
      .getIndexActions(table.GlobalSecondaryIndexes, undefined, item, table)
      .puts.map(({ index, key, item: copy }) => [`index-global~jobs~${index}~${key}`, JSON.stringify(copy)]),
  );

it('leaves every index as if the item had been written into it anew', () => {
  const indexes = new Map<string, string>();
  let item: Item | undefined;
  let operations = 0;
  for (let times = 0; times < 500; times += 1) {
    const next = random() < 0.1 ? undefined : { ...(random() < 0.5 ? item : {}), ...drawItem() };
    for (const operation of listIndexOperations(table, item, next)) {
      operations += 1;
      if (operation.type === 'del') expect(indexes.delete(operation.key)).toBe(true);
      else indexes.set(operation.key, JSON.stringify(operation.value));
    }
    item = next;
    expect(Object.fromEntries(indexes)).toEqual(copiesOf(item));
  }
  expect(operations).toBeGreaterThan(500);
});

it('writes nothing into an index that has nothing of what changed', () => {
  const item = { pk: { S: 'one' }, state: { S: 'a' }, order: { S: 'b' }, caller: { S: 'c' } };
  const [keys, some] = table.GlobalSecondaryIndexes;
  const narrow = { ...table, GlobalSecondaryIndexes: [keys, some].flatMap((index) => index ?? []) };
  expect(listIndexOperations(narrow, item, { ...structuredClone(item), other: { N: '1' } })).toEqual([]);
  expect(listIndexOperations(narrow, item, { ...item, note: { S: 'new' } })).toHaveLength(1);
});
