import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listErasures } from '#shared/erasing/erasure.ts';
import { startApi, type TestApi } from '../fixture.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi({ settings: { operators: ['operator'] } });
});
afterAll(() => api.close());

const alice = 'auth0|alice@example.com';
const erase = (body: unknown, caller = 'operator') => api.call({ method: 'POST', path: '/erasures', body, caller });
const list = (caller = 'operator') => api.call({ path: '/erasures', caller });

describe('POST /erasures', () => {
  it('writes the wish down once, and shows it while it goes on', async () => {
    const dispatches = api.recorded.dispatches;
    const first = await erase({ caller: alice, confirm: alice });
    expect(first).toMatchObject({ statusCode: 202, json: { caller: alice, status: 'erasing', by: 'operator' } });
    api.clock.advance(1_000);
    expect((await erase({ caller: alice, confirm: alice })).json).toEqual(first.json);
    expect(api.recorded.dispatches).toBe(dispatches + 2);
    expect((await list()).json).toEqual({ erasures: [first.json] });
    expect(JSON.stringify(api.recorded.logs)).not.toContain('alice');
  });

  it('is listed from then on, by a strongly consistent read', async () => {
    const { table } = api.context;
    const { dynamoDb } = table;
    const reads: unknown[] = [];
    const watched = Object.create(dynamoDb, {
      send: {
        value: (...[operation, input]: Parameters<typeof dynamoDb.send>) => {
          reads.push({ operation, ...input });
          return dynamoDb.send(operation, input);
        },
      },
    });
    await listErasures({ ...table, dynamoDb: watched });
    expect(reads).toMatchObject([{ operation: 'Query', ConsistentRead: true }]);
  });

  it.each([
    [{ caller: alice }, 'confirm'],
    [{ caller: alice, confirm: 'auth0|alice' }, 'confirm'],
    [{ caller: '', confirm: '' }, 'caller'],
    [{ caller: 'half \ud800', confirm: 'half \ud800' }, 'caller'],
  ])('refuses %j', async (body, field) => {
    const { statusCode, json } = await erase(body);
    expect([statusCode, json['validation_errors']]).toEqual([422, [expect.objectContaining({ loc: ['body', field] })]]);
  });

  it('is for operators, even of what is one’s own', async () => {
    expect((await erase({ caller: 'bob', confirm: 'bob' }, 'bob')).statusCode).toBe(403);
    expect((await list('bob')).statusCode).toBe(403);
  });
});
