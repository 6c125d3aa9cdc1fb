import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBatch } from '#shared/batches/batch-store.ts';
import { jsonLine, type Rig, type Servers, startServers } from './rig.ts';

let servers: Servers;
beforeAll(async () => {
  servers = await startServers();
});
afterAll(() => servers.close());

const eleven = Object.fromEntries(Array.from({ length: 11 }, (_, index) => [`l${index}`, 'x']));

const endAll = async (rig: Rig, batchId: string, lines: readonly number[]) => {
  for (const line of lines) await rig.end(batchId, line);
  await rig.dispatch();
};

describe('the labels of a batch', () => {
  it('are those of its file, which a line overrides by their names, and stand in both reports', async () => {
    const rig = await servers.rig();
    const { l0: _, ...ten } = eleven;
    const lines = [
      jsonLine('a cat'),
      jsonLine('a cat', { labels: { campaign: 'summer', line: '2' } }),
      jsonLine('a cat', { labels: ten }),
    ];
    const batchId = await rig.drop('requests.jsonl', lines.join('\n'), 'team-a', {
      label: 'campaign=spring, team=brand',
    });
    await rig.dispatch();
    expect(await rig.job(batchId, 1)).toMatchObject({ labels: { campaign: 'spring', team: 'brand' } });
    const labels = { campaign: 'summer', team: 'brand', line: '2' };
    expect(await rig.job(batchId, 2)).toMatchObject({ labels });
    await endAll(rig, batchId, [1, 2]);
    const report = await rig.report(batchId);
    expect(report[1]).toMatchObject({ labels });
    expect(report[2]).toMatchObject({ state: 'rejected', error: { code: 'validation_error' } });
    const [header, first, second] = (await rig.csv(batchId)).split('\r\n');
    expect(header).toMatch(/,cost,labels,provenance,generator,signer$/);
    expect(first).toMatch(/,"campaign=spring, team=brand",,,$/);
    expect(second).toMatch(/,"campaign=summer, team=brand, line=2",,,$/);
  });

  it('are those of the call beside those of the file that it names', async () => {
    const rig = await servers.rig();
    const dropped = await rig.drop('requests.jsonl', jsonLine('a cat'), 'team-a', {
      label: 'campaign=spring,team=brand',
    });
    const { source } = await rig.batch(dropped);
    const batchId = '6f2d0c1e-6a0b-5c1e-9f0e-0d7a9d3b8c11';
    await createBatch(
      rig.context.table,
      { batchId, caller: 'team-a', source, priority: 'low', labels: { campaign: 'summer' }, retentionSeconds: 86_400 },
      rig.clock.now(),
    );
    await rig.dispatch();
    expect(await rig.job(batchId, 1)).toMatchObject({ labels: { campaign: 'summer', team: 'brand' } });
  });

  it.each([
    'campaign',
    Object.keys(eleven)
      .map((name) => `${name}=x`)
      .join(','),
  ])('refuse a file whose metadata are no labels: %s', async (label) => {
    const rig = await servers.rig();
    const batchId = await rig.drop('requests.jsonl', jsonLine('a cat'), 'team-a', { label });
    await rig.dispatch();
    expect(await rig.batch(batchId)).toMatchObject({ state: 'refused', error: { code: 'invalid_labels' } });
  });
});
