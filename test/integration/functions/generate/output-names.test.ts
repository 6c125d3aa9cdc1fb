import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { namedFolder, outputPrefixes, outputsFolder } from '#shared/deployment/bucket.ts';
import type { Job } from '#shared/jobs/job.ts';
import { type Servers, startServers, statusPath, success } from './rig.ts';

let servers: Servers;
beforeAll(async () => {
  servers = await startServers();
});
afterAll(() => servers.close());

const picture = (body: string, type: string) => ({ status: 200, body, headers: { 'content-type': type } });

describe.concurrent('outputs with names', () => {
  const named = async (outputName: NonNullable<Job['outputName']>) => {
    const rig = await servers.rig();
    rig.adobe.script('GET', statusPath, success(`${rig.storage.url}/a`, `${rig.storage.url}/b`));
    rig.storage.script('GET', '/a', picture('first', 'image/jpeg'));
    rig.storage.script('GET', '/b', picture('second', 'image/png'));
    const { job } = await rig.follow(await rig.accepted({}, { outputName }));
    const stored = await rig.stored();
    return { rig, job, stored, keys: (job.outputs ?? []).map(({ key }) => key) };
  };

  it('lie in the folder of their batch, numbered if there are several, and job.json names them from that of the job', async () => {
    const folder = namedFolder({ batchId: crypto.randomUUID(), createdAt: '2026-03-01T12:00:00.000Z' });
    const { rig, job, stored, keys } = await named({ name: 'A-17', count: 2, folder });
    expect(keys).toEqual([`${folder}A-17-1.jpg`, `${folder}A-17-2.png`]);
    expect(keys.map((key) => String(stored.get(key)?.bytes))).toEqual(['first', 'second']);
    const manifest = JSON.parse(String(stored.get(`${outputsFolder(job)}job.json`)?.bytes));
    expect(manifest.outputs.map(({ key }: { key: string }) => key)).toEqual(keys);
    expect(rig.events).toMatchObject([{ outputs: keys.map((key) => ({ key })) }]);
    // All of it, and nothing else, goes when the job is erased.
    const isErased = (key: string) => outputPrefixes(job).some((prefix) => key.startsWith(prefix));
    const own = [...stored.keys()].filter((key) => key.startsWith(folder) || key.startsWith(outputsFolder(job)));
    expect(own.filter(isErased)).toEqual(own);
  });

  it('take no place of another job where Adobe made more than was asked for', async () => {
    const folder = namedFolder({ batchId: crypto.randomUUID(), createdAt: '2026-03-01T12:00:00.000Z' });
    const { job, keys } = await named({ name: 'A-17', count: 1, folder });
    expect(keys).toEqual([`${folder}A-17.jpg`, `${outputsFolder(job)}1.png`]);
  });

  it('bear the labels of the job as tags', async () => {
    const rig = await servers.rig();
    rig.adobe.script('GET', statusPath, success(`${rig.storage.url}/a`));
    rig.storage.script('GET', '/a', picture('first', 'image/jpeg'));
    const labels = { campaign: 'spring', 'cost center': 'a+b' };
    const tags: unknown[] = [];
    rig.context.s3.middlewareStack.add(
      (next) => (args) => {
        if ('Tagging' in args.input) tags.push(args.input.Tagging);
        return next(args);
      },
      { step: 'initialize', name: 'tags', override: true },
    );
    const { job } = await rig.follow(await rig.accepted({}, { labels }));
    expect(job.state).toBe('succeeded');
    expect(tags).toContain('campaign=spring&cost+center=a%2Bb');
  });

  it('of a single call lie in the folder of the job', async () => {
    const { job, keys } = await named({ name: 'kite', count: 1 });
    expect(keys).toEqual([`${outputsFolder(job)}kite.jpg`, `${outputsFolder(job)}kite-2.png`]);
  });
});
