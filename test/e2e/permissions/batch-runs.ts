import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { expect, vi } from 'vitest';
import { localClients } from '#local/clients.ts';
import { stackNames } from '#local/stack-settings.ts';
import { putPolicy } from '#shared/callers/policy-store.ts';
import { systemClock } from '#shared/clock.ts';
import { incomingFolder, uploadsFolder } from '#shared/deployment/bucket.ts';
import { startFakeAdobe } from '#test/fixtures/fake-adobe.ts';
import { presignedUrl } from '#test/fixtures/presigned-url.ts';
import { ended, generate, json, type Run, thumbnailIsThere } from './steps.ts';
import type { World } from './world.ts';

const untilBatchEnds = (world: World, self: string, caller: string) =>
  world.dispatchUntil(async () => {
    const { status } = await json(world.send('GET', self, undefined, { caller }));
    expect(['finished', 'refused', undefined]).toContain(status);
  });

const postBatch = async (world: World, body: string | object, caller: string, contentType = 'application/json') => {
  const posted = await json(
    world.send('POST', '/batches', body, { caller, expects: 202, headers: { 'content-type': contentType } }),
  );
  return posted as { batchId: string; links: { self: string; reports: { jsonl: string } } };
};

/** Batches, webhooks and erasures. */
export const batchRuns: Record<string, Run> = {
  'a team drops a file, a caller posts one: reports, and a word list of its policy': async (world) => {
    const caller = 'team-a';
    const { tables: dynamoDb } = localClients(world.gateway.stack.description);
    const deniedWords = 'policies/team-a.txt';
    await world.put(deniedWords, 'big brand\n');
    await putPolicy({ dynamoDb, tableName: stackNames.callerTable, clock: systemClock }, caller, {
      deniedWords,
      // Enough for all: what the lines cost is reserved before they are jobs.
      operationsPerDay: 1_000,
    });
    dynamoDb.destroy();
    await generate(world, { prompt: 'a big brand' }, { caller, expects: 422 });
    const line = JSON.stringify({ id: 'a', body: { prompt: 'a kite' } });
    await world.put(`inbox/${caller}/drop.jsonl`, `${line}\nnot json`);
    const source = await world.put(`${caller}/posted.jsonl`, line, world.inputBucket);
    const batches = [
      await postBatch(world, { source: `s3://${stackNames.bucket}/inbox/${caller}/drop.jsonl` }, caller),
      await postBatch(world, { source }, caller),
      await postBatch(world, { source: await world.put(`${uploadsFolder(caller)}posted.jsonl`, line) }, caller),
      await postBatch(world, line, caller, 'application/jsonl'),
    ];
    for (const { links } of batches) {
      await untilBatchEnds(world, links.self, caller);
      const { headers } = await world.send('GET', links.reports.jsonl, undefined, { caller, expects: 302 });
      expect((await fetch(headers.get('location') ?? '')).status).toBe(200);
    }
    await world.send('DELETE', batches[3]?.links.self ?? '', undefined, { caller });
  },
  'a file that breaks off is read in parts, which are aborted': async (world) => {
    const caller = 'team-b';
    const line = () =>
      JSON.stringify({ id: randomBytes(8).toString('hex'), body: { prompt: randomBytes(900).toString('hex') } });
    const whole = gzipSync(Array.from({ length: 6_000 }, line).join('\n'));
    await world.put(`inbox/${caller}/broken.jsonl.gz`, whole.subarray(0, whole.length - 2_000));
    const source = `s3://${stackNames.bucket}/inbox/${caller}/broken.jsonl.gz`;
    const { links } = await postBatch(world, { source }, caller);
    await untilBatchEnds(world, links.self, caller);
  },
  'webhooks are made, told, tested, changed and removed': async (world) => {
    const receiver = await startFakeAdobe();
    const path = '/hook';
    receiver.script('POST', path, { status: 204 });
    const made = await json(world.send('POST', '/webhooks', { url: receiver.url + path }, { expects: 201 }));
    const { links } = made as { links: { self: string; test: string; rotateSecret: string } };
    await world.send('POST', links.test);
    await world.send('POST', links.rotateSecret);
    await ended(world, generate(world));
    await vi.waitFor(() => expect(receiver.asked('POST', path).length).toBeGreaterThan(1), { timeout: 120_000 });
    await world.send('GET', '/webhooks', undefined, { expects: 200 });
    await world.send('GET', links.self, undefined, { expects: 200 });
    await world.send('DELETE', links.self, undefined, { expects: 204 });
    await world.gateway.stack.lambda.invoke(stackNames.functions.dispatch, { scheduled: true });
    await receiver.close();
  },
  'everything of a caller is erased': async (world) => {
    const caller = 'team-a';
    await world.put(`inbox/${caller}/later.txt`, 'a file');
    await world.send('POST', '/webhooks', { url: 'http://127.0.0.1:9/' }, { caller, expects: 201 });
    const jobId = await ended(world, generate(world, {}, { caller }), caller);
    await thumbnailIsThere(world, jobId, caller);
    const form = await json(world.send('POST', '/uploads', { contentType: 'image/png' }, { caller }));
    await world.put(String((form['source'] as { url: string }).url).replace(/^s3:\/\/[^/]+\//, ''), 'an upload');
    await world.put(`${incomingFolder({ jobId })}1/0`, 'written by Adobe after the end');
    await world.send('POST', '/erasures', { caller, confirm: caller }, { expects: 202 });
    await world.dispatchUntil(async () => {
      const { erasures } = await json(world.send('GET', '/erasures'));
      expect(JSON.stringify(erasures)).toContain('"status":"erased"');
    });
  },
};

/** Objects whose versions are known, as in the deployed bucket. */
export const versionRuns: Record<string, Run> = {
  'requests are read as the versions of their objects, where there are versions': async (world) => {
    const caller = 'team-v';
    const line = (id: string) =>
      JSON.stringify({
        operation: 'images/generate-similar',
        id,
        body: { image: { source: { url: presignedUrl(Date.now() + 90_000) } } },
      });
    await world.suspendVersioning(stackNames.bucket);
    const key = `inbox/${caller}/a.jsonl`;
    await world.put(key, line('a'), world.inputBucket);
    await world.put(key, line('e'));
    // Of a bucket without versions, of one that has them, and of the gateway's own.
    for (const [name, version] of [
      [world.inputBucket, undefined],
      [world.inputBucket, 'null'],
      [stackNames.bucket, 'null'],
    ]) {
      const detail = { bucket: { name }, object: { key, 'version-id': version, etag: version } };
      const event = { source: 'aws.s3', 'detail-type': 'Object Created', detail };
      await world.gateway.stack.lambda.start(`${stackNames.functions.inbox}:live`, event);
    }
    const uploads = await world.put(`${uploadsFolder(caller)}b.jsonl`, line('b'));
    const inbox = await world.put(`inbox/${caller}/c.jsonl`, line('c'));
    const batches = [
      await postBatch(world, { source: uploads }, caller),
      await postBatch(world, { source: inbox }, caller),
      await postBatch(world, line('d'), caller, 'application/jsonl'),
    ];
    for (const { links } of batches) await untilBatchEnds(world, links.self, caller);
    await world.dispatchUntil(async () => {
      const { batches: all } = (await json(world.send('GET', '/batches', undefined, { caller }))) as {
        batches: { status: string }[];
      };
      expect(all.length).toBeGreaterThan(5);
      expect(all.filter(({ status }) => status !== 'finished' && status !== 'refused')).toEqual([]);
    });
  },
};
