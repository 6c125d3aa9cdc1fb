import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { simulatedCredentials } from '#local/simulator/credentials.ts';
import { stackNames } from '#local/stack-settings.ts';
import { type Gateway, startGateway, withoutPictures } from '#test/fixtures/gateway.ts';
import { createServiceCalls, type ServiceCalls } from '#test/fixtures/service-calls.ts';
import { readAccessToken } from '../access-token.ts';

const spoken = 'The launch of Project Kingfisher, still under embargo';
const inputSignature = 'c2lnbmF0dXJlLW9mLWFuLWlucHV0';
const inputUrl = `https://acme.s3.amazonaws.com/in.psd?X-Amz-Date=29990101T000000Z&X-Amz-Expires=3600&X-Amz-Signature=${inputSignature}`;
const destinationSignature = 'c2lnbmF0dXJlLW9mLWEtZGVzdGluYXRpb24';
const deadDestination = `https://destination.invalid/out.jpg?X-Amz-Signature=${destinationSignature}`;
const aemToken = 'eyJhbGciOiJSUzI1NiJ9.aem.c2lnbmVk';

describe('no log, record, event or durable step of a service', () => {
  let gateway: Gateway;
  let calls: ServiceCalls;
  const events: string[] = [];
  const executions: string[] = [];
  const tokens = new Set<string>();
  let own: string[] = [];

  beforeAll(async () => {
    const polling = { firstPollSeconds: 1, pollCeilingSeconds: 1 };
    gateway = await startGateway({
      ...withoutPictures,
      services: ['photoshop', 'audio-video', 'indesign'],
      settings: {
        ...withoutPictures.settings,
        services: {
          'audio-video': { operations: { 'audio-video/reframe-v2': { outputs: 'destination', ...polling } } },
        },
      },
      onEvent: (event) => events.push(JSON.stringify(event)),
      onExecutionFinished: (execution) => executions.push(JSON.stringify(execution)),
    });
    calls = createServiceCalls(gateway);
    tokens.add(await readAccessToken(gateway));
  });
  afterAll(() => gateway?.close());

  it('through success, failures that quote URLs, lost answers, refusals, batches and new tokens', async () => {
    const picture = { source: { url: await calls.putPicture('in.png') } };
    const wanted = await calls.presignPut('wanted.jpg');
    own = [new URL(wanted.url).searchParams.get('X-Amz-Signature') ?? ''];
    const edit = (image: object = picture) => ({
      image,
      outputs: [{ destination: { url: deadDestination }, mediaType: 'image/jpeg' }],
    });
    const assets = [{ source: { url: await calls.putInput('a.indd', indd) }, destination: 'a.indd' }];
    const speech = {
      script: { text: spoken, mediaType: 'text/plain', localeCode: 'en-US' },
      voiceId: 'v123',
      output: { mediaType: 'audio/wav' },
    };
    const speak = () => calls.run('/v1/generate-speech', speech);
    const render = {
      assets,
      params: { targetDocuments: ['a.indd'], outputMediaType: 'application/pdf', outputFolderPath: 'out' },
      outputs: [{ source: 'out/a.pdf', destination: { url: wanted.url, storageType: 'AWS' } }],
    };
    const remap = {
      assets,
      params: { targetDocument: ['a.indd'], dataSource: [{ sourceURI: 'file:/a', destinationURI: 'aem://h/a' }] },
    };
    const reframe = {
      video: { source: { url: await calls.putInput('in.mp4', mp4) } },
      output: { renditions: [{ aspectRatio: { x: 1, y: 1 }, mediaDestination: { url: deadDestination } }] },
    };
    const ends = await Promise.all([
      calls.run('/v3/create-rendition', render),
      calls.run('/v2/edit', edit()),
      calls.run('/v2/reframe', reframe),
      calls.run('/v3/remap-links', remap, { 'x-aem-token': aemToken }),
      speak(),
    ]);
    expect(ends.map(({ job }) => [job.status, job['warnings']])).toEqual([
      ['succeeded', []],
      ['succeeded', [expect.stringContaining('destination')]],
      ['succeeded', [expect.stringContaining('destination')]],
      ['succeeded', []],
      ['succeeded', []],
    ]);

    const quoted = `Could not read ${inputUrl} and not write ${deadDestination}.`;
    const failed = { status: 'failed', errorDetails: [{ errorCode: '404404', message: quoted }] };
    const refused = { error_code: 'validation_error', message: quoted };
    const answers = [
      [{ status: 200, body: failed, path: '/v2/status/' }, '404404'],
      [{ status: 400, body: refused, method: 'POST' }, 'validation_error'],
      [{ status: 500, body: refused, method: 'POST' }, 'submit_outcome_unknown'],
    ] as const;
    for (const [answer, code] of answers) {
      gateway.stack.simulator?.faults.add({ fault: 'answer', ...answer, service: 'photoshop', times: 1 });
      const { job } = await calls.run('/v2/edit', edit({ source: { url: inputUrl } }));
      expect(job).toMatchObject({ status: 'failed', error: { code } });
    }
    const refusedText = { error_code: 'validation_error', message: `"${spoken}" cannot be spoken.` };
    const refusal = {
      fault: 'answer',
      status: 400,
      body: refusedText,
      service: 'audio-video',
      method: 'POST',
      times: 1,
    } as const;
    gateway.stack.simulator?.faults.add(refusal);
    expect((await speak()).job).toMatchObject({ error: { message: '"…" cannot be spoken.' } });
    const lost = { fault: 'drop', effect: 'done', service: 'audio-video', method: 'POST', times: 1 } as const;
    gateway.stack.simulator?.faults.add(lost);
    expect((await speak()).job).toMatchObject({ status: 'failed', error: { code: 'submit_outcome_unknown' } });
    expect(await calls.post('/v1/generate-speech', { ...speech, voiceId: spoken, output: spoken })).toMatchObject({
      status: 422,
    });
    gateway.stack.simulator?.expireTokens();
    const report = await calls.runBatch([
      { operation: 'audio-video/generate-speech', body: speech },
      { operation: 'photoshop/edit', body: edit() },
      { operation: 'audio-video/generate-speech', body: { ...speech, output: spoken } },
    ]);
    tokens.add(await readAccessToken(gateway));
    await gateway.stack.lambda.invoke(stackNames.functions.dispatch, {});

    expect(report.map(({ state }) => state)).toEqual(['succeeded', 'succeeded', 'rejected']);
    expect(tokens.size).toBe(2);
  });

  it('shows a signature, a token, a secret or what is to be said', async () => {
    // An end is told, and its execution over, a moment after it can be read.
    for (const told of [events, executions]) await expect.poll(() => told.length).toBeGreaterThan(12);
    // A record has the beginning of its prompt, by which its caller finds it.
    const items = (await calls.scanJobTable()).map((item) => ({ ...(item as Record<string, unknown>) }));
    // The request of a job is kept as its caller wrote it: in the record, which no step reads it from, or in an item of its own.
    const records = items.map((item) => JSON.stringify({ ...item, prompt: undefined, request: undefined }));
    expect(items.filter(({ request }) => request !== undefined).length).toBeGreaterThan(8);
    const places = { logs: gateway.logLines, records, events, executions };
    const secrets = [
      ...['Bearer ', 'X-Amz-Signature', 'X-Amz-Credential', spoken, 'Kingfisher', aemToken],
      ...[...tokens, ...own, inputSignature, destinationSignature, simulatedCredentials.clientSecret],
    ];
    for (const [place, texts] of Object.entries(places)) {
      expect(texts.length, place).toBeGreaterThan(10);
      const leaks = texts.filter((text) => secrets.some((secret) => text.includes(secret)));
      expect(leaks, place).toEqual([]);
    }
  });
});

const mp4 = Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from('ftypmp42'), Buffer.alloc(12)]);
const indd = Buffer.concat([Buffer.from('0606edf5d81d46e5bd31efe7fe74b71d', 'hex'), Buffer.from('DOCUMENT')]);
