import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Gateway, quick, startGateway } from '#test/fixtures/gateway.ts';
import { readPicture } from '#test/fixtures/pictures.ts';

let gateway: Gateway;

beforeAll(async () => {
  gateway = await startGateway({
    ...quick,
    settings: { ...quick.settings, thumbnails: true },
    simulator: { ...quick.simulator, facts: { 'content-credentials-attached': 'observed' } },
  });
});

afterAll(() => gateway?.close());

it('gives every image a thumbnail and says what its content credentials are, by the bundles that are deployed', async () => {
  const jobId = await gateway.submit({ prompt: 'a kite', numVariations: 2 });
  await gateway.until(jobId);
  const provenance = { state: 'valid', generator: 'Simulated Firefly', signer: 'Simulated Adobe', aiGenerated: true };
  await expect
    .poll(async () => (await gateway.record(jobId)).outputs, { timeout: 40_000, interval: 500 })
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
