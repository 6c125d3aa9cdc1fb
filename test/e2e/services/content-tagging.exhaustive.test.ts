import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { localClients } from '#local/clients.ts';
import { stackNames } from '#local/stack-settings.ts';
import { engines } from '#shared/adobe/services/content-tagging/engines.ts';
import { type Gateway, startGateway, withoutPictures } from '#test/fixtures/gateway.ts';

const [keywords = '', colors = '', characters = ''] = Object.keys(engines);
const path = '/services/v2/predict';

let gateway: Gateway;
let s3: ReturnType<typeof localClients>['s3'];

beforeAll(async () => {
  gateway = await startGateway({ ...withoutPictures, services: ['content-tagging'] });
  s3 = localClients(gateway.stack.description).s3;
  await s3.send(new PutObjectCommand({ Bucket: stackNames.bucket, Key: key, Body: '%PDF-1.7 a text' }));
});
afterAll(async () => {
  s3?.destroy();
  await gateway?.close();
});

const key = 'inbox/local/text.pdf';
const stored = {
  'repo:path': `s3://${stackNames.bucket}/${key}`,
  'sensei:repoType': 'HTTP',
  'dc:format': 'application/pdf',
};

const requestOf = (engine: string, document: object, params: object = {}, name = 'test') => ({
  'sensei:name': name,
  'sensei:invocation_mode': 'synchronous',
  'sensei:invocation_batch': false,
  'sensei:engines': [
    {
      'sensei:execution_info': { 'sensei:engine': engine },
      'sensei:inputs': { documents: [document] },
      'sensei:params': params,
      'sensei:outputs': { result: { 'sensei:multipart_field_name': 'result', 'dc:format': 'application/json' } },
    },
  ],
});

const keywordsOf = (document: object) => requestOf(keywords, document, { 'application-id': '1234', top_n: 5 });
const inForm = { 'sensei:multipart_field_name': 'infile_1', 'dc:format': 'image/jpg' };

const postForm = (request: object, file?: Blob) => {
  const form = new FormData();
  form.set('contentAnalyzerRequests', JSON.stringify(request));
  if (file !== undefined) form.set('infile_1', file, 'picture.jpg');
  return gateway.ask(path, { body: form });
};

const postJson = (request: object, headers: Record<string, string> = {}) =>
  gateway.call(path, {
    method: 'POST',
    body: JSON.stringify(request),
    headers: { 'content-type': 'application/json', ...headers },
  });

const read = async (objectKey: string): Promise<string> => {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: stackNames.bucket, Key: objectKey }));
  return (await Body?.transformToString()) ?? '';
};

/** The job of the last request, once it has ended: its caller may have waited in vain. */
const latestJob = async () => {
  const { jobs } = z
    .object({ jobs: z.array(z.object({ jobId: z.string() })) })
    .parse(await (await gateway.call('/jobs?limit=1')).json());
  return gateway.until(jobs[0]?.jobId ?? '');
};

describe('Content Tagging', () => {
  it('answers a form with the text in its image, as Adobe does, and keeps it as a job with a file', async () => {
    const response = await postForm(requestOf(characters, inForm), new Blob(['a picture'], { type: 'image/jpeg' }));
    expect(response.status).toBe(200);
    const answer = await response.json();
    expect(answer).toMatchObject({
      contentAnalyzerResponse: { statuses: [{ 'sensei:engine': characters }] },
      result: [{ is_text_present: 1, tags: [{ text: 'yosemite' }] }],
    });

    const job = await latestJob();
    expect(job).toMatchObject({
      status: 'succeeded',
      operation: 'content-tagging/predict',
      outputs: [{ contentType: 'application/json' }],
    });
    expect(JSON.parse(await read(job.outputs[0]?.key ?? ''))).toEqual((answer as { result: unknown }).result);
    // Nothing of what was found is in the record, and the kept answer is gone.
    expect(JSON.stringify(job)).not.toContain('yosemite');
    // It is erased once the end is known.
    const listing = new ListObjectsV2Command({ Bucket: stackNames.bucket, Prefix: 'incoming/' });
    await expect.poll(async () => (await s3.send(listing)).KeyCount).toBe(0);
    expect(gateway.logLines.join('\n')).not.toMatch(/yosemite|X-Amz-Signature/);
  });

  it('answers with the colours as two texts after each other', async () => {
    const image = new Blob(['a picture'], { type: 'image/jpeg' });
    const text = await (await postForm(requestOf(colors, inForm, { top_n: 5 }), image)).text();
    const [first = '', second = ''] = text.split('\n');
    expect(JSON.parse(first)).toMatchObject({ statuses: [{ 'sensei:engine': colors }] });
    expect(JSON.parse(second)).toMatchObject([{ overall: { colors: { White: { coverage: 0.5834 } } } }]);
  });

  it('takes a document in S3 as JSON, and leads to the job if it takes too long', async () => {
    gateway.stack.simulator?.faults.add({ fault: 'job', service: 'content-tagging', generationMs: 3_000, times: 1 });
    const response = await postJson(keywordsOf(stored), { prefer: 'respond-async, wait=1' });
    expect(response.status).toBe(202);
    const { jobId, statusUrl } = z.object({ jobId: z.uuid(), statusUrl: z.url() }).parse(await response.json());
    await gateway.until(jobId);
    const status = await (await gateway.call(statusUrl)).json();
    expect(status).toMatchObject({ jobId, status: 'succeeded', result: [{ key_phrases: [{ name: 'Canada' }] }] });
  });

  it('names what is wrong', async () => {
    const wrong = await postJson(requestOf(colors, { ...stored, 'dc:format': 'application/pdf' }, { top_n: -1 }));
    expect(wrong.status).toBe(422);
    const { validation_errors } = z
      .object({ validation_errors: z.array(z.object({ loc: z.array(z.unknown()) })) })
      .parse(await wrong.json());
    expect(validation_errors.map(({ loc }) => loc.join('.'))).toEqual([
      'body.sensei:engines.0.sensei:params.top_n',
      'body.sensei:engines.0.sensei:inputs.documents.0.dc:format',
    ]);
    expect((await postForm(requestOf(characters, inForm))).status).toBe(422);
    expect((await postJson({})).status).toBe(422);
    const noForm = new FormData();
    expect((await gateway.call(path, { method: 'POST', body: noForm })).status).toBe(422);
  });

  it('tells why an engine has failed', async () => {
    gateway.stack.simulator?.faults.add({
      fault: 'job',
      service: 'content-tagging',
      outcome: 'failed',
      message: 'No text.',
      times: 1,
    });
    const response = await postJson(keywordsOf(stored));
    expect(response.status).toBeGreaterThanOrEqual(400);
    expect(await latestJob()).toMatchObject({
      status: 'failed',
      error: { code: 'invocation_500', message: 'No text.' },
    });
  });

  it('never sends a request again whose answer is lost', async () => {
    const before =
      gateway.stack.simulator?.requests().filter(({ service }) => service === 'content-tagging').length ?? 0;
    gateway.stack.simulator?.faults.add({ fault: 'drop', service: 'content-tagging', effect: 'done', times: 1 });
    await postJson(keywordsOf(stored));
    expect(await latestJob()).toMatchObject({ status: 'failed', error: { code: 'submit_outcome_unknown' } });
    const after = gateway.stack.simulator?.requests().filter(({ service }) => service === 'content-tagging').length;
    expect(after).toBe(before + 1);
  });

  it('is a line of a batch', async () => {
    const line = { id: 'one', operation: 'content-tagging/predict', body: keywordsOf(stored) };
    const posted = await gateway.call('/batches', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(line),
    });
    const { batchId } = z.object({ batchId: z.string() }).parse(await posted.json());
    await vi.waitFor(
      async () => {
        await gateway.stack.lambda.invoke(stackNames.functions.dispatch, {});
        const batch = await (await gateway.call(`/batches/${batchId}`)).json();
        expect(batch).toMatchObject({ status: 'finished', counts: { succeeded: 1 } });
      },
      { timeout: 150_000, interval: 300 },
    );
  });
});
