import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Servers, startServers } from './rig.ts';

let servers: Servers;
beforeAll(async () => {
  servers = await startServers();
});
afterAll(() => servers.close());

describe('rejected requests', () => {
  it('of a table keep their ids in both reports, whatever is wrong with them, and empty rows count nowhere', async () => {
    const rig = await servers.rig();
    const csv = [
      'id,prompt,size.width,size.height,operation,sku,',
      'good,a kite,,,,A-1,',
      ',,,,,,',
      'no-prompt,,,,,A-2,',
      '',
      'no-number,a kite,wide,768,,A-3,',
      'no-operation,a kite,,,images/paint,A-4,',
      'too-many,a kite,,,,A-5,,more',
      '   ,  ,,,,,',
      `too-long,${'x'.repeat(111_000)},,,,A-6,`,
      '',
    ];
    const batchId = await rig.drop('rows.csv', csv.join('\r\n'));
    await rig.dispatch();
    expect(await rig.batch(batchId)).toMatchObject({ lines: 6, jobs: 1, rejected: 5 });
    await rig.end(batchId, 1);
    await rig.dispatch();
    const rows = await rig.report(batchId);
    expect(rows.map(({ line, row, id, state }) => [line, row, id, state])).toEqual([
      [1, 2, 'good', 'succeeded'],
      [2, 4, 'no-prompt', 'rejected'],
      [3, 6, 'no-number', 'rejected'],
      [4, 7, 'no-operation', 'rejected'],
      [5, 8, 'too-many', 'rejected'],
      [6, 10, 'too-long', 'rejected'],
    ]);
    const table = (await rig.csv(batchId)).trimEnd().split('\r\n');
    expect(table).toHaveLength(7);
    expect(table.slice(2).map((cells) => cells.split(',')[1])).toEqual(rows.slice(1).map(({ id }) => id));
  });

  it('of a JSON file keep their ids as well', async () => {
    const rig = await servers.rig();
    const requests = [
      { id: 'deep', body: { prompt: 'a', more: JSON.parse(`${'['.repeat(40)}${']'.repeat(40)}`) } },
      { id: 'large', body: { prompt: 'a', more: 'x'.repeat(120_000) } },
      { id: 'good', body: { prompt: 'a kite' } },
    ];
    const batchId = await rig.drop('file.json', JSON.stringify({ requests }));
    await rig.dispatch();
    await rig.end(batchId, 3);
    await rig.dispatch();
    expect((await rig.report(batchId)).map(({ id, state }) => [id, state])).toEqual([
      ['deep', 'rejected'],
      ['large', 'rejected'],
      ['good', 'succeeded'],
    ]);
  });
});
