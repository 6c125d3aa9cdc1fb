import { describe, expect } from 'vitest';
import { engines } from '#shared/adobe/services/content-tagging/engines.ts';
import { createServiceCalls } from '#test/fixtures/service-calls.ts';
import { it } from '#test/fixtures/shared-gateway.ts';
import { inTier } from '#test/fixtures/tier.ts';

const [, , characters = ''] = Object.keys(engines);
const script = { mediaType: 'text/plain', localeCode: 'en-US', text: 'A text of fifteen or more characters.' };

/** Files that requests name, by their `s3://` URLs. */
type Inputs = Record<'picture' | 'artwork' | 'document', string>;

const requests: [operation: string, path: string, makeBody: (inputs: Inputs) => object][] = [
  [
    'photoshop/edit',
    '/v2/edit',
    ({ picture: url }) => ({
      image: { source: { url } },
      edits: { autoTone: true },
      outputs: [{ mediaType: 'image/jpeg' }],
    }),
  ],
  [
    'illustrator/create-rendition',
    '/v1/create-rendition',
    ({ artwork: url }) => ({
      input: { source: { url } },
      output: { mediaType: 'application/pdf' },
      settings: { documentLevel: 1 },
    }),
  ],
  [
    'indesign/create-rendition',
    '/v3/create-rendition',
    ({ document: url }) => ({
      assets: [{ source: { url }, destination: 'a.indd' }],
      params: { targetDocuments: ['a.indd'], outputMediaType: 'application/pdf', outputFolderPath: 'out' },
    }),
  ],
  ['photoshop/remove-background', '/v2/remove-background', ({ picture: url }) => ({ image: { source: { url } } })],
  [
    'audio-video/generate-speech',
    '/v1/generate-speech',
    () => ({ script, voiceId: 'v123', output: { mediaType: 'audio/wav' } }),
  ],
];

// The fast tier has a job of each way to answer; what else a service can do is in the exhaustive tests beside this file.
describe('a job of each service, from HTTP to the bytes in S3', () => {
  it.concurrent.for(inTier(requests.slice(0, 1), requests))('%s', async ([operation, path, makeBody], { gateway }) => {
    const calls = createServiceCalls(gateway);
    const folder = operation.replace('/', '-');
    const inputs: Inputs = {
      picture: await calls.putPicture(`${folder}/a.png`),
      artwork: await calls.putInput(`${folder}/a.ai`, '%PDF-1.6 artwork'),
      document: await calls.putInput(`${folder}/a.indd`, Buffer.from('0606edf5d81d46e5bd31efe7fe74b71d', 'hex')),
    };
    const { job, status } = await calls.run(path, makeBody(inputs));
    expect(job).toMatchObject({ status: 'succeeded', operation });
    expect(status).toMatchObject({ status: 'succeeded', jobId: job.jobId });
    expect(await calls.readObject(job.outputs[0]?.key ?? '')).toHaveLength(job.outputs[0]?.bytes ?? 0);
  });

  it.concurrent('substance/render', async ({ gateway }) => {
    const calls = createServiceCalls(gateway);
    const url = await calls.putInput('bottle.glb', 'glTF a bottle');
    const sources = [{ url: { url, filename: 'bottle.glb' } }];
    const { body } = await calls.post('/v1/scenes/render-basic', { sources, scene: { modelFile: 'bottle.glb' } });
    const job = await gateway.until(String(body['id']));
    expect(job).toMatchObject({ status: 'succeeded', operation: 'substance/render-basic', outputs: [{}] });
    const renderUrl = expect.stringContaining(encodeURI(job.outputs[0]?.key ?? ''));
    expect(await calls.get(String(body['url']))).toMatchObject({ status: 'succeeded', result: { renderUrl } });
  });

  it.concurrent('content-tagging/predict, which answers with the result', async ({ gateway }) => {
    const form = new FormData();
    form.set(
      'contentAnalyzerRequests',
      JSON.stringify({
        'sensei:name': 'test',
        'sensei:invocation_mode': 'synchronous',
        'sensei:invocation_batch': false,
        'sensei:engines': [
          {
            'sensei:execution_info': { 'sensei:engine': characters },
            'sensei:inputs': { documents: [{ 'sensei:multipart_field_name': 'infile_1', 'dc:format': 'image/jpg' }] },
            'sensei:params': {},
            'sensei:outputs': { result: { 'sensei:multipart_field_name': 'result', 'dc:format': 'application/json' } },
          },
        ],
      }),
    );
    form.set('infile_1', new Blob(['a picture'], { type: 'image/jpeg' }), 'picture.jpg');
    const response = await gateway.ask('/services/v2/predict', { body: form });
    expect(await response.json()).toMatchObject({
      contentAnalyzerResponse: { statuses: [{ 'sensei:engine': characters }] },
      result: [{ is_text_present: 1 }],
    });
  });
});
