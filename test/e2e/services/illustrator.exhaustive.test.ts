import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Gateway, startGateway, withoutPictures } from '#test/fixtures/gateway.ts';
import { createServiceCalls, type ServiceCalls } from '#test/fixtures/service-calls.ts';
import { simulatorControl } from '#test/fixtures/simulator-control.ts';

let gateway: Gateway;
let calls: ServiceCalls;
let adobe: ReturnType<typeof simulatorControl>;
let artwork: string;
let data: string;
beforeAll(async () => {
  gateway = await startGateway({
    ...withoutPictures,
    services: ['illustrator'],
    simulator: { ...withoutPictures.simulator, outputBytes: null },
  });
  calls = createServiceCalls(gateway);
  adobe = simulatorControl(gateway.stack.description.firefly);
  artwork = await calls.putInput('a.ai', '%PDF-1.6 artwork');
  data = await calls.putInput('data.csv', 'Name\nAda\nGrace\nMary\n');
});
afterAll(() => gateway?.close());

const rendition = (settings: object = { documentLevel: 0, artboardRange: '1-2' }) => ({
  input: { source: { url: artwork } },
  output: { mediaType: 'application/pdf' },
  settings,
});
const merge = () => ({
  data: { source: { url: data } },
  template: { source: { url: artwork } },
  output: { fileName: 'card.svg', mediaType: 'image/svg+xml' },
});

describe('from HTTP to the bytes in S3', () => {
  it('exports artboards, from an input in S3', async () => {
    const { job, status } = await calls.run('/v1/create-rendition', rendition());
    expect(job).toMatchObject({ status: 'succeeded', operation: 'illustrator/create-rendition' });
    expect(job.outputs.map(({ contentType }) => contentType)).toEqual(['application/pdf', 'application/pdf']);
    expect(status).toEqual({
      jobId: job.jobId,
      status: 'succeeded',
      outputs: [1, 2].map(() => ({ destination: { url: expect.any(String) }, mediaType: 'application/pdf' })),
    });
    expect((await calls.readObject(job.outputs[1]?.key ?? '')).toString()).toContain('artboard 2');
  });

  it('merges rows, of which one fails: the others are there with their numbers, and what is to be sent again', async () => {
    await adobe.addFault({
      fault: 'job',
      service: 'illustrator',
      failedOutputs: 1,
      errorCode: 'runtime_error',
      times: 1,
    });
    const { job, status } = await calls.run('/v1/merge-data', merge());
    expect(job).toMatchObject({ status: 'partially_succeeded', errors: [{ code: 'runtime_error' }] });
    expect(status).toMatchObject({
      status: 'partially_succeeded',
      outputs: [
        { row: 2, mediaType: 'image/svg+xml' },
        { row: 3, mediaType: 'image/svg+xml' },
      ],
      errors: [{ row: 1, error_code: 'runtime_error' }],
      needsRerun: [{ rowRange: { start: 1, end: 67 } }],
    });
    expect((await calls.readObject(job.outputs[0]?.key ?? '')).toString()).toContain('row 2');
  });

  it('traces a picture; both status paths lead to it', async () => {
    const image = await calls.putPicture('a.png');
    const { job, status, statusUrl } = await calls.run('/v1/trace-image', {
      input: { source: { url: image }, mediaType: 'image/png' },
      settings: { preset: 'enhanced_general' },
    });
    expect(job.outputs).toMatchObject([{ contentType: 'image/svg+xml' }]);
    expect(statusUrl).toMatch(/\/v1\/status\/[0-9a-f-]+\/image-trace$/);
    expect(await calls.get(`/v1/status/${job.jobId}`)).toMatchObject({ status: status['status'] });
  });

  it('takes a line of a batch', async () => {
    const report = await calls.runBatch([
      { id: 'board', operation: 'illustrator/create-rendition', body: rendition({ documentLevel: 1 }) },
    ]);
    expect(report).toMatchObject([{ id: 'board', state: 'succeeded', outputs: [expect.stringContaining('outputs/')] }]);
  });
});

describe('what goes wrong', () => {
  it('is refused in the words of Illustrator, by the name of the field', async () => {
    const answer = await calls.post('/v1/create-rendition', rendition({ documentLevel: 0 }));
    expect(answer).toMatchObject({ status: 422, body: { error_code: 'validation_error' } });
    expect(JSON.stringify(answer.body['validation_errors'])).toContain('settings.artboardRange');
  });

  it('an input from a host that Adobe does not take from is refused by its place', async () => {
    const input = { source: { url: 'https://files.example.com/a.ai' } };
    const answer = await calls.post('/v1/create-rendition', { ...rendition(), input });
    expect(answer.status).toBe(422);
    expect(JSON.stringify(answer.body)).toContain('input.source.url');
  });

  it('a failed job has the code of Adobe', async () => {
    await adobe.addFault({
      fault: 'job',
      service: 'illustrator',
      outcome: 'failed',
      errorCode: 'runtime_error',
      times: 1,
    });
    const { job, status } = await calls.run('/v1/create-rendition', rendition());
    expect(job).toMatchObject({ status: 'failed', error: { code: 'runtime_error' } });
    expect(status).toMatchObject({ jobId: job.jobId, status: 'failed', error_code: 'runtime_error' });
  });
});
