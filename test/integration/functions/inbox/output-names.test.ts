import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { batchIdOfRetry, createBatch } from '#shared/batches/batch-store.ts';
import { namedFolder, outputKey } from '#shared/deployment/bucket.ts';
import { jsonLine, type Rig, type Servers, startServers } from './rig.ts';

let servers: Servers;
beforeAll(async () => {
  servers = await startServers();
});
afterAll(() => servers.close());

const read = async (name: string, content: string, metadata: Record<string, string> = {}) => {
  const rig = await servers.rig();
  const batchId = await rig.drop(name, content, 'team-a', metadata);
  await rig.dispatch();
  return { rig, batchId };
};

/** The file names that the first output of each line would have; undefined where it has none of its own. */
const namesOf = async (rig: Rig, batchId: string, lines: readonly number[]) => {
  const folder = namedFolder(await rig.batch(batchId));
  const jobs = await Promise.all(lines.map((line) => rig.job(batchId, line)));
  return jobs.map((job) => {
    const key = outputKey(job, 0, 'jpg');
    return key.startsWith(folder) ? key.slice(folder.length) : undefined;
  });
};

describe('the outputs of a batch', () => {
  it('are called as a column of the table says, each row by its own', async () => {
    const { rig, batchId } = await read(
      'names.csv',
      'prompt,Name,numVariations\na kite,Red kite,\na dog,Red kite,\na fox,,\na cat,cats/2026,3\n',
    );
    expect(await namesOf(rig, batchId, [1, 2, 3, 4])).toEqual([
      'Red-kite.jpg',
      'Red-kite-2.jpg',
      undefined,
      'cats-2026-1.jpg',
    ]);
  });

  it('are called by a template in the metadata of a dropped file, filled with columns of the caller and fields of the body', async () => {
    const { rig, batchId } = await read(
      'sheet.csv',
      'id,prompt,sku,aspect,size.width,size.height\nk1,a kite,A-17,16:9,2688,1536\nk2,a kite,A-17,16:9,2688,1536\nk3,a kite,,1:1,2048,2048\n',
      { 'output-name': '{SKU}-{aspect}-{size.width}' },
    );
    expect(await namesOf(rig, batchId, [1, 2])).toEqual(['A-17-16-9-2688.jpg', 'A-17-16-9-2688-2.jpg']);
    expect(await rig.batch(batchId)).toMatchObject({ jobs: 2, rejected: 1 });
    for (const line of [1, 2]) await rig.end(batchId, line);
    await rig.dispatch();
    expect((await rig.report(batchId))[2]).toMatchObject({
      id: 'k3',
      state: 'rejected',
      error: { code: 'invalid_output_name', message: expect.stringContaining('{SKU}, which is empty here') },
      columns: { sku: '', aspect: '1:1' },
    });
  });

  it('are called by a name among the defaults of a JSON file, or by that of a line', async () => {
    const file = {
      defaults: { name: '{id}-{line}', body: { prompt: 'a kite' } },
      requests: [{ id: 'a' }, { id: 'b', name: 'mine' }, { id: 'c', name: 7 }],
    };
    const { rig, batchId } = await read('file.json', JSON.stringify(file));
    expect(await namesOf(rig, batchId, [1, 2, 3])).toEqual(['a-1.jpg', 'mine.jpg', '7.jpg']);
  });

  it('are not called by a prompt or by what is not there: the line is rejected, with what is known', async () => {
    const lines = [
      jsonLine('a secret', { name: '{prompt}' }),
      jsonLine('a cat', { name: '{sku}' }),
      jsonLine('a dog', { name: '{id}', id: 'd' }),
      jsonLine('a fox'),
    ];
    const { rig, batchId } = await read('lines.jsonl', lines.join('\n'));
    expect(await namesOf(rig, batchId, [3, 4])).toEqual(['d.jpg', undefined]);
    for (const line of [3, 4]) await rig.end(batchId, line);
    await rig.dispatch();
    const report = await rig.report(batchId);
    expect(report[0]?.error).toMatchObject({ code: 'invalid_output_name' });
    expect(report[0]?.error?.message).toContain('prompts and addresses never become keys');
    expect(report[1]?.error?.message).toMatch(/\{sku\}, which nothing is called\. Known are \{id\}, \{line\}/);
    expect(JSON.stringify(report)).not.toContain('secret');
  });

  it('keep their names in the batch that tries failed ones again, in a folder of its own', async () => {
    const { rig, batchId } = await read('names.csv', 'prompt,name\na kite,kite\na dog,kite\n');
    await rig.end(batchId, 1);
    await rig.end(batchId, 2, { to: 'failed', error: { code: 'image_unsafe', message: 'no' } });
    await rig.dispatch();
    const { caller } = await rig.batch(batchId);
    const retry = batchIdOfRetry(batchId);
    const now = rig.clock.now();
    const batch = { batchId: retry, caller, priority: 'low', retryOf: batchId, retentionSeconds: 60 } as const;
    await createBatch(rig.context.table, batch, now);
    await rig.dispatch();
    expect(await namesOf(rig, retry, [1])).toEqual(['kite-2.jpg']);
    const [again, before] = [await rig.job(retry, 1), await rig.job(batchId, 2)];
    expect(outputKey(again, 0, 'jpg')).not.toBe(outputKey(before, 0, 'jpg'));
  });
});
