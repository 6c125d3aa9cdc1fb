import { afterAll, beforeAll, expect, it } from 'vitest';
import { manifestKey } from '#shared/deployment/bucket.ts';
import { itemOf } from '#test/fixtures/job-table.ts';
import { outputAt, picture } from './four-outputs.ts';
import { type Servers, startServers, statusPath } from './rig.ts';

let servers: Servers;
beforeAll(async () => {
  servers = await startServers();
});
afterAll(() => servers.close());

it('a job with more outputs, errors and result than a record holds ends, and job.json has all', async () => {
  const rig = await servers.rig();
  const indexes = Array.from({ length: 230 }, (_, index) => index);
  // Every third cannot be read.
  const outputs = indexes.map((index) =>
    index % 3 === 0 ? { seed: index } : { ...outputAt(rig, index), note: '写'.repeat(300) },
  );
  const result = {
    contentClass: 'art',
    altText: 'short',
    layers: indexes.map((id) => ({ id, text: 't'.repeat(1_000) })),
  };
  rig.adobe.script('GET', statusPath, { status: 200, body: { status: 'succeeded', result: { ...result, outputs } } });
  for (const index of indexes) rig.storage.script('GET', `/${index}`, picture(`picture ${index}`));
  const accepted = await rig.accepted({}, { request: JSON.stringify({ prompt: 'a kite' }) });
  const { end, job } = await rig.follow(accepted);
  expect(end).toEqual({ state: 'partially_succeeded' });
  expect(job).toMatchObject({ isAbridged: true, received: 230, result: { contentClass: 'art', altText: 'short' } });
  expect(job.errors).toHaveLength(50);
  expect(job.outputs?.map(({ index }) => index).slice(0, 4)).toEqual([1, 2, 4, 5]);
  // A record near the 400 KB of DynamoDB could take no mark that it was published.
  expect(JSON.stringify(await itemOf(rig.context.table, job)).length).toBeLessThan(300_000);
  expect(JSON.stringify(rig.events).length).toBeLessThan(256 * 1024);
  expect(rig.events).toMatchObject([{ warnings: expect.arrayContaining([expect.stringContaining('job.json')]) }]);
  const manifest = JSON.parse(String((await rig.stored()).get(manifestKey(job))?.bytes));
  expect(manifest.result).toEqual(result);
  expect(manifest.outputs).toHaveLength(153);
  expect(manifest.errors).toHaveLength(77);
});
