import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { type Gateway, startGateway, withoutPictures } from '#test/fixtures/gateway.ts';
import { createServiceCalls, type ServiceCalls } from '#test/fixtures/service-calls.ts';
import { simulatorControl } from '#test/fixtures/simulator-control.ts';

let gateway: Gateway;
let calls: ServiceCalls;
let adobe: ReturnType<typeof simulatorControl>;
let document: string;
let data: string;
beforeAll(async () => {
  gateway = await startGateway({
    ...withoutPictures,
    services: ['indesign'],
    simulator: { ...withoutPictures.simulator, outputBytes: null },
  });
  calls = createServiceCalls(gateway);
  adobe = simulatorControl(gateway.stack.description.firefly);
  const indd = Buffer.concat([Buffer.from('0606edf5d81d46e5bd31efe7fe74b71d', 'hex'), Buffer.from('DOCUMENT')]);
  document = await calls.putInput('a.indd', indd);
  data = await calls.putInput('data.csv', 'Name\nAda\nGrace\n');
});
afterAll(() => gateway?.close());

const asset = (url: string, destination: string) => ({ source: { url }, destination });
const assets = () => [asset(document, 'a.indd'), asset(data, 'data.csv')];
const merge = (params: object) => ({
  assets: assets(),
  params: { targetDocument: 'a.indd', dataSource: 'data.csv', outputFolderPath: 'out', ...params },
});
const rendition = (params: object = {}) => ({
  assets: assets(),
  params: { targetDocuments: ['a.indd'], outputMediaType: 'application/pdf', outputFolderPath: 'out', ...params },
});

const files = z.array(z.object({ source: z.string(), destination: z.object({ url: z.url() }) }));
const bytesAt = async (url: string) => Buffer.from(await (await fetch(url)).arrayBuffer());

describe('from HTTP to the bytes in S3', () => {
  it('renders the pages of a document, from an input in S3, and says where each of them is', async () => {
    const { job, status } = await calls.run(
      '/v3/create-rendition',
      rendition({ createSeparateFiles: true, pageRange: '1-2' }),
    );
    expect(job).toMatchObject({ status: 'succeeded', operation: 'indesign/create-rendition' });
    expect(status).toMatchObject({ status: 'succeeded', jobId: job.jobId, data: { outputs: [{ input: 'a.indd' }] } });
    const outputs = files.parse(status['outputs']);
    expect(outputs.map(({ source }) => source)).toEqual(['out\\a.pdf', 'out\\a2.pdf']);
    expect(job.outputs.map(({ contentType }) => contentType)).toEqual(['application/pdf', 'application/pdf']);
    for (const [index, { destination }] of outputs.entries()) {
      const bytes = await bytesAt(destination.url);
      expect(bytes.toString()).toMatch(/^%PDF/);
      expect(await calls.readObject(job.outputs[index]?.key ?? '')).toEqual(bytes);
    }
    expect(gateway.logLines.join('\n')).not.toContain('X-Amz-Signature');
  });

  it('merges records into more files than Adobe tells on a page, of which one is missing', async () => {
    await adobe.addFault({ fault: 'job', service: 'indesign', failedOutputs: 1, times: 1 });
    const { job, status, statusUrl } = await calls.run(
      '/v3/merge-data',
      merge({ recordRange: '1-13', pagesPerDocument: 1, outputMediaType: 'application/pdf' }),
    );
    expect(job).toMatchObject({ status: 'partially_succeeded', received: 12 });
    expect(status).toMatchObject({ status: 'partial_success', errors: [{ source: 'out/range1/a.pdf' }] });
    const outputs = files.parse(status['outputs']);
    expect(outputs.map(({ source }) => source)).toEqual(
      Array.from({ length: 12 }, (_, index) => `out/range${index + 2}/a.pdf`),
    );
    expect((await bytesAt(outputs[11]?.destination.url ?? '')).toString()).toContain('range13');

    const first = await calls.get(`${statusUrl}?page=0`);
    expect(files.parse(first['outputs'])).toHaveLength(10);
    const { nextUrl } = z.object({ nextUrl: z.url() }).parse(first['paging']);
    expect(files.parse((await calls.get(nextUrl))['outputs']).map(({ source }) => source)).toEqual([
      'out/range12/a.pdf',
      'out/range13/a.pdf',
    ]);
  });

  it('puts an output where its caller wants it, once it is stored', async () => {
    const wanted = await calls.presignPut('elsewhere.pdf');
    const { job, status } = await calls.run('/v3/create-rendition', {
      ...rendition(),
      outputs: [{ source: 'out/a.pdf', destination: { url: wanted.url, storageType: 'AWS' } }],
    });
    expect(job).toMatchObject({ status: 'succeeded', warnings: [] });
    expect(files.parse(status['outputs'])).toHaveLength(1);
    expect(await calls.readObject(wanted.key)).toEqual(await calls.readObject(job.outputs[0]?.key ?? ''));
    expect(JSON.stringify([job.warnings, status, gateway.logLines])).not.toContain('elsewhere.pdf?');
    const jobs = (await calls.scanJobTable())
      .map((item) => JSON.stringify(item))
      .filter((item) => item.includes('elsewhere'));
    expect(jobs).toEqual([expect.stringContaining('"request#')]);
  });

  it('tells about a document in the body of the status, and keeps it as JSON', async () => {
    const body = { assets: assets(), params: { targetDocument: 'a.indd', fontInfo: { enabled: true } } };
    const { job, status } = await calls.run('/v3/document-info', body);
    expect(status).toMatchObject({
      status: 'succeeded',
      data: { numPages: 3, fontInfo: { items: [{ available: true }] } },
    });
    expect(job.outputs).toMatchObject([{ contentType: 'application/json' }]);
    expect(JSON.parse((await calls.readObject(job.outputs[0]?.key ?? '')).toString())).toEqual(status['data']);
  });

  it('has the URL of what is too much for a body', async () => {
    const body = { assets: [asset(document, 'large.indd')], params: { targetDocument: 'large.indd' } };
    const { job, status } = await calls.run('/v3/document-info', body);
    expect(job.outputs).toHaveLength(1);
    const told = JSON.parse((await bytesAt(String(status['dataURL']))).toString()) as Record<string, unknown>;
    expect(told['numPages']).toBe(6_000);
  });

  it('lists tags and converts a PDF', async () => {
    const tags = await calls.run('/v3/merge-data-tags', { assets: assets(), params: { targetDocument: 'a.indd' } });
    expect(tags.status).toMatchObject({ status: 'succeeded', data: { tags: [{ tagName: 'Name' }, {}] } });
    const converted = await calls.run('/v3/convert-pdf-to-indesign', {
      assets: [asset(document, 'a.pdf')],
      params: { targetDocuments: ['a.pdf'], outputMediaType: 'application/x-indesign' },
    });
    expect(converted.job.outputs).toMatchObject([{ contentType: 'application/zip' }]);
    expect(files.parse(converted.status['outputs'])[0]?.source).toBe('output.zip');
    expect(converted.status).toMatchObject({
      data: { outputs: [{ warnings: { missingFonts: ['Abelone Regular'] } }] },
    });
  });

  it('remaps links with a token of the caller, which is kept nowhere', async () => {
    const body = {
      assets: [asset(document, 'a.indd')],
      params: {
        targetDocument: ['a.indd'],
        dataSource: [{ sourceURI: 'file:/a.png', destinationURI: 'aem://h/a.png' }],
      },
    };
    const refused = await calls.post('/v3/remap-links', body);
    expect(refused).toMatchObject({ status: 400, body: { message: expect.stringContaining('x-aem-token') } });
    const token = 'eyJhbGciOiJSUzI1NiJ9.aem.c2lnbmVk';
    const { job } = await calls.run('/v3/remap-links', body, { 'x-aem-token': token });
    expect(job).toMatchObject({ status: 'succeeded', outputs: [{ contentType: 'application/x-indesign' }] });
    const kept = JSON.stringify([await calls.get(`/jobs/${job.jobId}`), await calls.scanJobTable(), gateway.logLines]);
    expect(kept).toContain(job.jobId);
    expect(kept).not.toContain(token);
  });

  it('takes an output of an earlier job, and a line of a batch', async () => {
    const { job } = await calls.run('/v3/merge-data', merge({ outputMediaType: 'application/x-indesign' }));
    const body = { ...rendition(), assets: [asset(`job:${job.jobId}/0`, 'a.indd')] };
    const report = await calls.runBatch([{ id: 'leaflet', operation: 'indesign/create-rendition', body }]);
    expect(report).toMatchObject([
      { id: 'leaflet', state: 'succeeded', outputs: [expect.stringContaining('outputs/')] },
    ]);
  });
});

describe('what goes wrong', () => {
  it('is refused in the words of InDesign, by the name of the field', async () => {
    const answer = await calls.post('/v3/create-rendition', rendition({ targetDocuments: ['b.indd'] }));
    expect(answer).toMatchObject({
      status: 422,
      body: { error_code: 'validation_error', message: expect.stringContaining('params.targetDocuments.0') },
    });
  });

  it('warns of a host that Adobe may not know', async () => {
    const url = 'https://files.example.com/a.indd';
    const answer = await calls.post('/v3/create-rendition', { ...rendition(), assets: [asset(url, 'a.indd')] });
    expect(answer).toMatchObject({ status: 202, body: { warnings: [expect.stringContaining('files.example.com')] } });
  });

  it('a failed job has the first error of Adobe', async () => {
    await adobe.addFault({ fault: 'job', service: 'indesign', outcome: 'failed', errorCode: 'missing_font', times: 1 });
    const { job, status } = await calls.run('/v3/create-rendition', rendition());
    expect(job).toMatchObject({ status: 'failed', error: { code: 'missing_font' } });
    expect(status).toMatchObject({ status: 'failed', errors: [{ error_code: 'missing_font' }] });
  });
});
