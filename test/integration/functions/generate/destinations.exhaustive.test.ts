import { PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { incomingKey } from '#shared/deployment/bucket.ts';
import { awaitOutputs } from '#shared/jobs/lost-answer.ts';
import { readJob } from '#test/fixtures/job-table.ts';
import { type Crash, followWithCrash } from './crashes.ts';
import { type Servers, startServers } from './rig.ts';

let servers: Servers;
beforeAll(async () => {
  servers = await startServers();
});
afterAll(() => servers.close());

/** A job whose answer was lost, whose outputs are there, and whose caller wants the first at a place of its own. */
const follow = async (crash: Crash | undefined) => {
  const rig = await servers.rig({ findOutputs: () => 'destination' });
  const outputs = [{ url: `${rig.storage.url}/mine` }, { validityPeriod: 60 }];
  const request = JSON.stringify({
    image: { source: { url: 'https://inputs.example.com/a.png' } },
    outputs: outputs.map((destination) => ({ destination, mediaType: 'image/png' })),
  });
  const scheduled = await rig.scheduled({ fields: { operation: 'photoshop/edit', request } });
  rig.adobe.script('POST', '/v2/edit', { fault: 'reset' });
  rig.storage.script('PUT', '/mine', { status: 200 });
  for (const index of [0, 1]) {
    const Key = incomingKey(scheduled, index);
    const object = { Bucket: rig.context.buckets.own, Key, Body: `picture ${index}`, ContentType: 'image/png' };
    await rig.context.s3.send(new PutObjectCommand(object));
  }
  const { effects } = await followWithCrash(rig, scheduled, crash);
  const { table } = rig.context;
  // As dispatch does when it finds a job whose execution is lost.
  await awaitOutputs(table, await readJob(table, scheduled), { reason: 'The execution died.' });
  const left = await readJob(table, scheduled);
  if (left.state === 'running') await followWithCrash(rig, left, undefined);
  return { rig, effects, job: await readJob(table, scheduled) };
};

describe('a crash of a job whose answer was lost', () => {
  it('neither submits nor loses anything, wherever it happens', async () => {
    const whole = await follow(undefined);
    expect(whole.job.state).toBe('succeeded');
    expect(whole.effects).toBeGreaterThanOrEqual(8);
    for (let at = 0; at < whole.effects; at += 1) {
      for (const after of [false, true]) {
        const { rig, job } = await follow({ at, after });
        const posts = rig.adobe.asked('POST', '/v2/edit');
        const where = `effect ${at}, ${after ? 'after' : 'before'}`;
        expect(posts.length, where).toBeLessThanOrEqual(1);
        // Before the fence the turn is given up, and the job waits for its next one.
        if (job.state === 'queued') {
          expect(posts, where).toEqual([]);
          continue;
        }
        expect(job, where).toMatchObject({ state: 'succeeded', received: 2, warnings: [] });
        const stored = await rig.stored();
        expect(job.outputs?.map(({ key }) => stored.get(key)?.bytes.toString())).toEqual(['picture 0', 'picture 1']);
        const puts = rig.storage.asked('PUT', '/mine').map(({ body }) => body);
        expect([...new Set(puts)], where).toEqual(['picture 0']);
      }
    }
  });
});
