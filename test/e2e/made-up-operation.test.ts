import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { imageResult } from '#local/simulator/firefly/results.ts';
import { bundleFunction } from '#test/fixtures/bundled-functions.ts';
import { type Gateway, startGateway, withoutPictures } from '#test/fixtures/gateway.ts';

const definition = fileURLToPath(new URL('../fixtures/draw-maps.ts', import.meta.url));

/** Puts one operation more on the list of operations while it is bundled, and touches nothing else. */
const oneMore: Plugin = {
  name: 'one operation more',
  setup: ({ onLoad }) => {
    onLoad({ filter: /[/\\]services[/\\]firefly[/\\]service\.ts$/ }, async ({ path }) => ({
      contents: `import { drawMaps } from ${JSON.stringify(definition)};
${(await readFile(path, 'utf8')).replace('operations: [', 'operations: [drawMaps,')}`,
      resolveDir: dirname(path),
      loader: 'ts',
    }));
  },
};

describe('an operation that was added in one file', () => {
  let directory: string;
  let gateway: Gateway;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'firefly-gateway-made-up-'));
    const [api, generate] = await Promise.all([
      bundleFunction('api', directory, [oneMore]),
      bundleFunction('generate', directory, [oneMore]),
    ]);
    gateway = await startGateway({
      ...withoutPictures,
      handlers: { api, generate },
      simulator: {
        ...withoutPictures.simulator,
        operations: [
          {
            path: '/v9/maps/draw',
            models: { values: ['atlas1'], required: true },
            body: () => z.strictObject({ place: z.string(), scale: z.int().optional() }),
            accepts: { family: 'links', status: 202 },
            plan: ({ place }) => ({ prompt: String(place), seeds: [], outputs: 1, size: { width: 64, height: 64 } }),
            result: imageResult,
          },
        ],
      },
    });
  });
  afterAll(async () => {
    await gateway.close();
    await rm(directory, { recursive: true });
  });

  const post = (path: string, body: unknown) =>
    gateway.call(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });

  it('runs from HTTP to bytes in S3', async () => {
    const response = await post('/v9/maps/draw', { place: 'Atlantis' });
    expect(response.status).toBe(202);
    expect(await response.json()).toMatchObject({ links: { result: { href: expect.any(String) } } });
    const job = await gateway.until(response.headers.get('location')?.split('/').at(-1) ?? '');
    expect(job).toMatchObject({ status: 'succeeded', operation: 'maps/draw', modelVersion: 'atlas1' });
    expect(job.outputs).toHaveLength(1);
  });

  it('has its synchronous call, its own checks, and the others beside it', async () => {
    expect((await post('/v9/maps/draw-now', { place: 'Avalon', scale: 2 })).status).toBe(200);
    const refused = await post('/v9/maps/draw', { scale: 0 });
    expect(refused.status).toBe(422);
    expect(await refused.json()).toMatchObject({
      validation_errors: [{ loc: ['body', 'place'] }, { loc: ['body', 'scale'] }],
    });
    expect((await post('/v3/images/generate-async', { prompt: 'a cat' })).status).toBe(202);
  });
});
