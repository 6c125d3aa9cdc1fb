import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { localClients } from '#local/clients.ts';
import { createDemoCallers, type DemoCaller } from '#local/demo-callers.ts';
import { runWithSdk } from '#test/fixtures/adobe-sdk.ts';
import { createServiceCalls } from '#test/fixtures/service-calls.ts';
import { type PhotoshopRig, startPhotoshop } from './photoshop.ts';

const accepted = z.object({ _links: z.object({ self: z.object({ href: z.url() }) }) });
const file = z.object({ href: z.url(), storage: z.literal('external') });
const ended = z.object({
  outputs: z.array(
    z.object({
      status: z.string(),
      _links: z.object({ self: file.optional(), renditions: z.array(file).optional() }).optional(),
    }),
  ),
});

// Nothing answers there: a copy that cannot be made costs a job nothing but a warning.
const target = { href: 'https://copies.invalid/out.jpg', storage: 'external', type: 'image/jpeg' };

const picture = sharp({ create: { width: 20, height: 10, channels: 3, background: '#a53' } });

// As Adobe's pages have it.
const program = `
const { LightroomClient } = require('@adobe/lightroom-apis');
const { PhotoshopClient } = require('@adobe/photoshop-apis');
const { ServerToServerTokenProvider } = require('@adobe/firefly-services-common-apis');

const main = async () => {
  const clientId = process.env.FIREFLY_SERVICES_CLIENT_ID;
  const clientSecret = process.env.FIREFLY_SERVICES_CLIENT_SECRET;
  const scopes = 'openid,AdobeID,read_organizations';
  const tokenProvider = new ServerToServerTokenProvider({ clientId, clientSecret, scopes }, { autoRefresh: false });
  await tokenProvider.authenticate();
  const source = { href: 'INPUT', storage: 'external' };
  const output = { href: '${target.href}', storage: 'external', type: 'image/jpeg' };
  const lightroom = new LightroomClient({ clientId, tokenProvider });
  const photoshop = new PhotoshopClient({ clientId, tokenProvider });
  const jobs = await Promise.all([
    lightroom.applyAutoTone({ inputs: source, outputs: [output] }),
    photoshop.createRendition({ inputs: [source], outputs: [output] }),
  ]);
  const [one, other] = await Promise.all(jobs);
  const states = ({ result }) => result.outputs.map(({ status }) => status);
  console.log(JSON.stringify({ lightroom: states(one), photoshop: states(other) }));
};
main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
`;

describe('calls that Adobe has ended', () => {
  let rig: PhotoshopRig;
  let input: { href: string; storage: string };
  let preset: typeof input;
  let actions: typeof input;
  beforeAll(async () => {
    rig = await startPhotoshop();
    const { putInput } = createServiceCalls(rig.gateway);
    const toFile = (href: string) => ({ href, storage: 'external' });
    input = toFile(rig.image.source.url);
    preset = toFile(await putInput('a.xmp', '<x:xmpmeta xmlns:x="adobe:ns:meta/"/>'));
    actions = toFile(await putInput('a.atn', Buffer.from('000000100000000200530000', 'hex')));
  });
  afterAll(() => rig?.close());

  /** Runs a job by a call of old and returns its record and its status of old. */
  const run = async (path: string, body: unknown) => {
    const answer = await rig.post(path, body);
    expect([answer.status, answer.body]).toEqual([202, expect.objectContaining({ _links: expect.anything() })]);
    const { href } = accepted.parse(answer.body)._links.self;
    const job = await rig.gateway.until(href.split('/').at(-1) ?? '');
    const response = await rig.gateway.call(href);
    return { href, job, status: response.status, body: ended.parse(await response.json()) };
  };

  it.each([
    ['autoTone', () => ({ inputs: input, outputs: [target] })],
    ['autoStraighten', () => ({ inputs: input, options: { uprightMode: 'auto' }, outputs: [target] })],
    ['edit', () => ({ inputs: { source: input }, options: { Exposure: 1 }, outputs: [target] })],
    ['presets', () => ({ inputs: { source: input, presets: [preset] }, outputs: [target] })],
    ['xmp', () => ({ inputs: { source: input }, options: { xmp: '<x:xmpmeta/>' }, outputs: [target] })],
  ])('Lightroom: %s', async (name, body) => {
    const { href, job, status, body: said } = await run(`/lrService/${name}`, body());
    expect(job).toMatchObject({ status: 'succeeded', operation: 'photoshop/edit' });
    expect(new URL(href).pathname).toBe(`/lrService/status/${job.jobId}`);
    expect(status).toBe(202);
    expect(said.outputs.map((output) => output.status)).toEqual(['succeeded']);
    await rig.expectStored(job, [said.outputs[0]?._links?.self?.href]);
  });

  it.each([
    ['renditionCreate', () => ({ inputs: [input], outputs: [target, { ...target, type: 'image/png' }] })],
    ['artboardCreate', () => ({ options: { artboard: [input, input] }, outputs: [target] })],
    ['photoshopActions', () => ({ inputs: [input], options: { actions: [actions] }, outputs: [target] })],
    ['actionJSON', () => ({ inputs: [input], options: { actionJSON: [{ _obj: 'invert' }] }, outputs: [target] })],
    ['smartObject', () => ({ inputs: [input], options: { layers: [{ name: 'a', input }] }, outputs: [target] })],
  ])('Photoshop: %s', async (name, body) => {
    const { job, status, body: said } = await run(`/pie/psdService/${name}`, body());
    expect(job).toMatchObject({ status: 'succeeded' });
    expect(status).toBe(200);
    await rig.expectStored(
      job,
      said.outputs.map(({ _links }) => _links?.renditions?.[0]?.href),
    );
  });

  it('a text in the request is kept as an upload of its caller', async () => {
    const xmp = '<x:xmpmeta xmlns:x="adobe:ns:meta/"/>';
    const { job } = await run('/lrService/xmp', { inputs: input, options: { xmp }, outputs: [target] });
    const request = z.object({ edits: z.object({ xmp: z.object({ source: z.object({ url: z.string() }) }) }) });
    const { url } = request.parse(job.request).edits.xmp.source;
    const [, Bucket, Key] = /^s3:\/\/([^/]+)\/(uploads\/[^/]+\/[0-9a-f]{64}\.xmp)$/.exec(url) ?? [];
    const { s3 } = localClients(rig.gateway.stack.description);
    const stored = await s3.send(new GetObjectCommand({ Bucket, Key }));
    expect(await stored.Body?.transformToString()).toBe(xmp);
    s3.destroy();
  });

  it('a field is refused by the name that it had, in the body of old', async () => {
    const bad = { inputs: input, options: { SharpenEdgeMasking: 1 }, outputs: [{ ...target, quality: 9 }] };
    expect(await rig.post('/lrService/edit', bad)).toMatchObject({
      status: 422,
      body: {
        type: 'InputValidationError',
        details: expect.arrayContaining([
          { name: 'options.SharpenEdgeMasking', reason: expect.stringContaining('/v2/edit') },
          { name: 'outputs.0.quality', reason: expect.any(String) },
        ]),
      },
    });
    const missing = { inputs: [{ ...input, href: `${input.href}.gone` }], outputs: [target] };
    expect(await rig.post('/pie/psdService/renditionCreate', missing)).toMatchObject({
      status: 422,
      body: { details: [{ name: 'inputs.0.href' }] },
    });
    expect(await rig.post('/pie/psdService/depthBlur', {})).toMatchObject({
      status: 410,
      body: { code: 'call_ended' },
    });
  });

  it('the first call of the getting-started pages is answered', async () => {
    const response = await rig.gateway.call('/pie/psdService/hello');
    expect([response.status, await response.text()]).toEqual([200, 'Welcome to the Photoshop API!']);
  });

  it("Adobe's SDK for JavaScript runs unmodified", { timeout: 240_000 }, async ({ skip }) => {
    const [caller] = (await createDemoCallers(rig.gateway.stack.description)) as [DemoCaller];
    const packages = [
      '@adobe/lightroom-apis@1.0.0',
      '@adobe/photoshop-apis@2.0.1',
      '@adobe/firefly-services-common-apis@2.0.0',
    ];
    const { bucket } = rig.gateway.stack.description;
    const { s3 } = localClients(rig.gateway.stack.description);
    const Key = `inbox/${caller.clientId}/in.jpg`;
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body: await picture.jpeg().toBuffer() }));
    s3.destroy();
    const text = program.replaceAll('INPUT', `s3://${bucket}/${Key}`);
    const reason = await runWithSdk({ packages, text, gatewayUrl: rig.gateway.url, caller }, async (printed) => {
      expect(printed).toEqual({ lightroom: ['succeeded'], photoshop: ['succeeded'] });
    });
    if (reason !== undefined) skip(reason);
  });
});
