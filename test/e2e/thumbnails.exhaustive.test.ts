import { PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { localClients } from '#local/clients.ts';
import { createPictureSigner } from '#local/simulator/manner/content-credentials.ts';
import { stackNames } from '#local/stack-settings.ts';
import { outputOwner } from '#shared/jobs/output-owner.ts';
import { type Gateway, quick, startGateway } from '#test/fixtures/gateway.ts';
import { drawPicture, readPicture } from '#test/fixtures/pictures.ts';

let gateway: Gateway;

beforeAll(async () => {
  gateway = await startGateway({
    ...quick,
    settings: { ...quick.settings, thumbnails: true },
    onEvent: (event) => events.push(JSON.stringify(event)),
    simulator: { ...quick.simulator, facts: { 'content-credentials-attached': 'observed' } },
  });
});

const spoken = 'The launch of Project Kingfisher, still under embargo';
const events: string[] = [];
const inspected = () =>
  events.filter((event) => event.includes('Output Inspected') && event.includes('made-by-others-'));

afterAll(() => gateway?.close());

it('gives every image a thumbnail and says what its content credentials are, by the bundles that are deployed', async () => {
  const jobId = await gateway.submit({ prompt: 'a kite', numVariations: 2 });
  await gateway.until(jobId);
  const provenance = { state: 'valid', generator: 'Simulated Firefly', signer: 'Simulated Adobe', aiGenerated: true };
  await expect
    .poll(async () => (await gateway.record(jobId)).outputs, { timeout: 150_000, interval: 500 })
    .toMatchObject([
      { width: 2048, height: 2048, provenance },
      { width: 2048, height: 2048, provenance },
    ]);
  for (const [index, width] of [256, 512, 1_024].map((each, at) => [at % 2, each] as const)) {
    const { headers, status } = await gateway.call(`/jobs/${jobId}/outputs/${index}?width=${width}`);
    expect(status).toBe(302);
    const file = new Uint8Array(await (await fetch(headers.get('location') ?? '')).arrayBuffer());
    expect(await readPicture(file)).toEqual({ format: 'webp', width, height: width });
  }
  expect((await gateway.call(`/jobs/${jobId}`, { method: 'DELETE' })).status).toBe(204);
});

it('writes into no log what a prompt, the metadata of a file or an address says, whatever it comes upon', async () => {
  const { stack } = gateway;
  const jobId = await gateway.submit({ prompt: spoken });
  await gateway.until(jobId);
  const readSignature = async () => {
    const { headers } = await gateway.call(`/jobs/${jobId}/outputs/0?width=256`);
    return new URL(headers.get('location') ?? 'http://none').searchParams.get('X-Amz-Signature') ?? '';
  };
  await expect.poll(readSignature).not.toBe('');
  const signature = await readSignature();

  const sign = await createPictureSigner({ organization: spoken, generator: spoken });
  const [png, jpeg] = await Promise.all([drawPicture('png'), drawPicture('jpeg')]);
  const comment = Buffer.concat([Buffer.from([0xff, 0xfe, 0, spoken.length + 2]), Buffer.from(spoken)]);
  const garbled = Buffer.concat([jpeg.subarray(0, 2), comment, jpeg.subarray(2, 300), Buffer.from(spoken)]);
  const signed = Buffer.from(await sign(png));
  const cut = signed.subarray(0, signed.lastIndexOf(spoken) + 20);
  const files = [garbled, Buffer.from(spoken), cut, signed];
  const { s3, dynamoDb, secretsManager } = localClients(stack.description);
  try {
    for (const [place, Body] of files.entries()) {
      const Key = `outputs/2026/03/01/${jobId}/made-by-others-${place}.png`;
      const Metadata = { ...outputOwner.write({ jobId, index: 10 + place }), prompt: spoken };
      await s3.send(new PutObjectCommand({ Bucket: stackNames.bucket, Key, Body, Metadata }));
    }
    await expect
      .poll(() => inspected().length, {
        timeout: 150_000,
        interval: 500,
      })
      .toBeGreaterThanOrEqual(files.length);
  } finally {
    for (const client of [s3, dynamoDb, secretsManager]) client.destroy();
  }
  for (const event of [{ source: spoken }, { 'detail-type': 'Object Created', detail: spoken }, [spoken], spoken]) {
    await stack.lambda.invoke(stackNames.functions.thumbnail, event).catch(() => undefined);
  }
  const lines = gateway.logLines.filter((line) => line.startsWith(stackNames.functions.thumbnail));
  expect(lines.length).toBeGreaterThan(0);
  const secrets = [spoken, 'Kingfisher', signature, 'X-Amz-Signature', 'Bearer '];
  expect(gateway.logLines.filter((line) => secrets.some((secret) => line.includes(secret)))).toEqual([]);
});
