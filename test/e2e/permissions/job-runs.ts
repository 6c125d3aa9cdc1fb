import { expect } from 'vitest';
import { stackNames } from '#local/stack-settings.ts';
import { engines } from '#shared/adobe/services/content-tagging/engines.ts';
import { incomingFolder } from '#shared/deployment/bucket.ts';
import { download, ended, generate, json, type Run, thumbnailIsThere } from './steps.ts';

const [keywords = ''] = Object.keys(engines);

const buildKeywordsRequest = (document: object) => ({
  'sensei:name': 'test',
  'sensei:invocation_mode': 'synchronous',
  'sensei:invocation_batch': false,
  'sensei:engines': [
    {
      'sensei:execution_info': { 'sensei:engine': keywords },
      'sensei:inputs': { documents: [document] },
      'sensei:params': { 'application-id': '1234', top_n: 5 },
      'sensei:outputs': { result: { 'sensei:multipart_field_name': 'result', 'dc:format': 'application/json' } },
    },
  ],
});

/** The lives of a job. */
export const jobRuns: Record<string, Run> = {
  'a job with labels is made, listed, downloaded with its thumbnail and erased': async (world) => {
    const since = new Date(Date.now() - 60_000).toISOString();
    const jobId = await ended(world, generate(world, {}, { headers: { 'x-label': 'campaign=spring' } }));
    await thumbnailIsThere(world, jobId);
    await download(world, `/jobs/${jobId}/outputs/0`);
    await download(world, `/jobs/${jobId}/outputs/0?width=256`);
    await world.send('GET', '/jobs?label=campaign%3Dspring', undefined, { expects: 200 });
    await world.send('GET', '/jobs', undefined, { expects: 200 });
    await world.send('GET', `/jobs?changedSince=${encodeURIComponent(since)}`, undefined, { expects: 200 });
    await world.send('GET', '/usage', undefined, { expects: 200 });
    await world.put(`${incomingFolder({ jobId })}1/0`, 'written by Adobe after the end');
    await world.send('DELETE', `/jobs/${jobId}`, undefined, { expects: 204 });
  },
  'a job is cancelled before its turn': async (world) => {
    await world.send('PUT', '/queue/pause', {}, { expects: 200 });
    const { jobId } = await json(generate(world));
    await world.send('PUT', `/v3/cancel/${jobId}`);
    await world.send('PUT', '/queue/resume', undefined, { expects: 200 });
  },
  'a job whose token Adobe refuses goes on with a new one': async (world) => {
    world.gateway.stack.simulator?.expireTokens();
    await ended(world, generate(world));
  },
  'an output of several parts breaks off, and its upload is aborted': async (world) => {
    await world.adobe.changeSettings({ outputBytes: 14_000_000 });
    await world.adobe.addFault({ fault: 'alter', service: 'outputs', truncateAt: 9_000_000, times: 1 });
    await ended(world, generate(world));
    await world.adobe.changeSettings({ outputBytes: null });
  },
  'a job waits for a place in a lane with a window of seconds': async (world) => {
    const url = await world.calls.putPicture('kite.png');
    const edit = { image: { source: { url } }, edits: { autoTone: true }, outputs: [{ mediaType: 'image/jpeg' }] };
    expect((await world.calls.run('/v2/edit', edit)).job.status).toBe('succeeded');
  },
  'the answer of a service that answers at once is kept until it is an output': async (world) => {
    const document = {
      'repo:path': await world.put('inbox/local/text.pdf', '%PDF-1.6 a text about kites'),
      'sensei:repoType': 'HTTP',
      'dc:format': 'application/pdf',
    };
    const answer = await world.send('POST', '/services/v2/predict', buildKeywordsRequest(document));
    expect(answer.status).toBe(200);
  },
  'a job takes an upload, a file of the inbox, an object of another bucket and an output as inputs': async (world) => {
    const form = await json(world.send('POST', '/uploads', { contentType: 'image/png' }, { expects: 201 }));
    const { upload, source } = form as { upload: { url: string; fields: Record<string, string> }; source: object };
    const { key } = upload.fields;
    const picture = await world.calls.putPicture('source.png');
    const bytes = await world.calls.readObject(picture.replace(`s3://${stackNames.bucket}/`, ''));
    const body = new FormData();
    for (const [name, value] of Object.entries(upload.fields)) body.append(name, value);
    body.append('file', new Blob([new Uint8Array(bytes)]), 'image');
    expect((await fetch(upload.url, { method: 'POST', body })).status).toBe(204);
    const first = await ended(world, generate(world));
    const urls = [
      await world.put('inbox/local/picture.png', bytes),
      await world.put('picture.png', bytes, world.inputBucket),
    ];
    for (const input of [source, ...urls.map((url) => ({ url })), { url: `job:${first}/0` }]) {
      const similar = { image: { source: input }, size: { width: 1024, height: 1024 } };
      await ended(world, world.send('POST', '/v3/images/generate-similar-async', similar, { expects: 202 }));
    }
    const uploadId = /([^/]+)\.\w+$/.exec(key ?? '')?.[1];
    await world.send('DELETE', `/uploads/${uploadId}`, undefined, { expects: 204 });
    const image = await world.gateway.call('/v2/storage/image', {
      method: 'POST',
      headers: { 'content-type': 'image/png' },
      body: new Uint8Array(bytes),
    });
    expect(image.status).toBe(200);
  },
  'an answer of the table of jobs is lost while a turn begins': async (world) => {
    world.loseAnswers((body) => body.includes('"scheduled"') && body.includes('UpdateExpression'));
    await ended(world, generate(world));
  },
  'an old output without a thumbnail is asked for one, and a thumbnail outlives no output': async (world) => {
    const jobId = await ended(world, generate(world));
    await thumbnailIsThere(world, jobId);
    await world.update({ pk: `job#${jobId}`, sk: 'job' }, 'REMOVE inspections SET finishedAt = :then', {
      ':then': '2026-01-01T00:00:00.000Z',
    });
    await world.send('GET', `/jobs/${jobId}/outputs/0?width=1024`, undefined, { expects: 404 });
    await thumbnailIsThere(world, jobId);
    const { outputs } = await world.gateway.record(jobId);
    const key = String(outputs[0]?.key);
    await world.put(`thumbnails/${key.replace('/0.', '/7.')}/256.webp`, 'left by an erasure');
    const detail = { bucket: { name: stackNames.bucket }, object: { key: key.replace('/0.', '/7.') } };
    const event = { source: 'aws.s3', 'detail-type': 'Object Created', detail };
    expect(await world.gateway.stack.lambda.invoke(stackNames.functions.thumbnail, event)).toEqual({ outcome: 'gone' });
  },
};
