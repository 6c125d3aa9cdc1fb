import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import type { Plugin } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { localClients } from '#local/clients.ts';
import { services } from '#shared/adobe/services/registry.ts';
import type { AdobeService } from '#shared/adobe/services/service.ts';
import { bundleFunction } from '#test/fixtures/bundled-functions.ts';
import { type Gateway, startGateway, withoutPictures } from '#test/fixtures/gateway.ts';
import { type MadeUpServer, startMadeUpServer } from '#test/fixtures/made-up-service/server.ts';
import { madeUpService } from '#test/fixtures/made-up-service/service.ts';

const definition = fileURLToPath(new URL('../fixtures/made-up-service/service.ts', import.meta.url));
const place = '  // One line a service.\n';

/** Adds one line to the registry while it is bundled, and touches nothing else. */
const oneLine: Plugin = {
  name: 'one service more',
  setup: ({ onLoad }) => {
    onLoad({ filter: /[/\\]services[/\\]registry\.ts$/ }, async ({ path }) => {
      const registry = await readFile(path, 'utf8');
      if (!registry.includes(place)) throw new Error('The registry has no place for another service.');
      const contents = registry.replace(place, '  madeUpService,\n');
      return {
        contents: `import { madeUpService } from ${JSON.stringify(definition)};\n${contents}`,
        resolveDir: dirname(path),
        loader: 'ts',
      };
    });
  },
};

const registered = services as AdobeService[];

const accepted = z.object({ ticket: z.uuid(), follow: z.url(), stop: z.url() });

describe('a service that was added by one folder and one line', () => {
  let directory: string;
  let server: MadeUpServer;
  let gateway: Gateway;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'firefly-gateway-made-up-'));
    server = await startMadeUpServer();
    // The embedded stack checks in this process what it writes for the functions: the same line here.
    registered.push(madeUpService);
    const names = ['api', 'dispatch', 'generate', 'inbox'] as const;
    const handlers = await Promise.all(
      names.map(async (name) => [name, await bundleFunction(name, directory, [oneLine])] as const),
    );
    gateway = await startGateway({
      ...withoutPictures,
      handlers: Object.fromEntries(handlers),
      services: ['scenes'],
      target: { serviceUrls: { scenes: server.url } },
    });
  });
  afterAll(async () => {
    registered.pop();
    await gateway?.close();
    await server.close();
    await rm(directory, { recursive: true });
  });

  const render = async (body: object, path = '/v9/renders') => {
    const response = await gateway.call(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return { status: response.status, body: await response.json() };
  };

  const read = async (key: string): Promise<string> => {
    const { s3 } = localClients(gateway.stack.description);
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: gateway.stack.description.bucket, Key: key }));
    return (await Body?.transformToString()) ?? '';
  };

  it('runs from HTTP to objects in S3 that its server wrote to presigned PUTs', async () => {
    const answer = await render({ scene: 'a harbour', views: 2 });
    expect(answer.status).toBe(201);
    const { ticket, follow } = accepted.parse(answer.body);
    const job = await gateway.until(ticket);
    expect(job).toMatchObject({ status: 'succeeded', operation: 'scenes/render' });
    for (const [view, output] of job.outputs.entries()) {
      const bytes = `%PDF-1.7 a harbour, view ${view}, plain`;
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      expect(output).toMatchObject({ contentType: 'application/pdf', bytes: bytes.length, sha256 });
      expect(output.key).toMatch(new RegExp(`^outputs/.+/${ticket}/${view}\\.pdf$`));
      expect(await read(output.key)).toBe(bytes);
    }

    const status = await (await fetch(follow)).json();
    expect(status).toMatchObject({ phase: 'done', ticket });
    const { files } = z.object({ files: z.array(z.object({ url: z.url(), size: z.int() })) }).parse(status);
    expect(files).toHaveLength(2);
    expect(await (await fetch(files[1]?.url ?? '')).text()).toBe('%PDF-1.7 a harbour, view 1, plain');
    const { s3 } = localClients(gateway.stack.description);
    const listing = new ListObjectsV2Command({ Bucket: gateway.stack.description.bucket, Prefix: 'incoming/' });
    // They are erased once the end is known.
    await expect.poll(async () => (await s3.send(listing)).KeyCount).toBe(0);
  });

  it('lists hosted outputs by pages, embeds one, and has an error in the place of another', async () => {
    const headers = { 'content-type': 'application/json' };
    const answer = await gateway.call('/v9/splits', { method: 'POST', headers, body: '{"scene":"a beach"}' });
    const { ticket, follow } = accepted.parse(await answer.json());
    const job = await gateway.until(ticket);
    expect(job).toMatchObject({
      status: 'partially_succeeded',
      received: 3,
      errors: [{ code: 'too_bright', message: 'The sky is too bright.' }],
    });
    const contents = await Promise.all(job.outputs.map(async ({ key }) => JSON.parse(await read(key))));
    expect(contents).toEqual(expect.arrayContaining([{ part: 'sea' }, { part: 'sand' }, { parts: 3 }]));
    const status = await (await fetch(follow)).json();
    expect(status).toMatchObject({
      phase: 'half done',
      ticket,
      parts: [
        { name: 'sea', url: expect.stringContaining('X-Amz-Signature') },
        { name: 'sand', url: expect.stringContaining('X-Amz-Signature') },
        { name: 'sky', problem: { code: 'too_bright' } },
      ],
      summary: { parts: 3 },
    });
    expect(JSON.stringify([job, gateway.logLines])).not.toContain('signature=secret');
  });

  it('reads inputs by presigned GETs that are in no record and no log', async () => {
    const first = accepted.parse((await render({ scene: 'a wall' })).body);
    await gateway.until(first.ticket);
    const texture = { url: `job:${first.ticket}/0` };
    const second = accepted.parse((await render({ scene: 'a house', texture })).body);
    const job = await gateway.until(second.ticket);
    expect(job).toMatchObject({ status: 'succeeded', request: { scene: 'a house', texture } });
    expect(await read(job.outputs[0]?.key ?? '')).toBe('%PDF-1.7 a house, view 0, %PDF-1.7 a wall, view 0, plain');
    expect(gateway.logLines.join('\n')).not.toContain('X-Amz-Signature');
  });

  it('gets as much as its limit of 3 in 3 s allows, and no request more', async () => {
    const before = server.arrivals.length;
    const answers = await Promise.all(Array.from({ length: 8 }, (_, index) => render({ scene: `view ${index}` })));
    const jobs = await Promise.all(answers.map(({ body }) => gateway.until(accepted.parse(body).ticket)));
    expect(jobs.map(({ status }) => status)).toEqual(jobs.map(() => 'succeeded'));
    expect(server.refused).toBe(0);
    const arrivals = server.arrivals.slice(before);
    expect(arrivals).toHaveLength(8);
    for (const [index, at] of arrivals.entries()) {
      const fourth = arrivals[index + 3];
      if (fourth !== undefined) expect(fourth - at).toBeGreaterThanOrEqual(3_000);
    }
  });

  it('has its synchronous call, its own checks, and Firefly beside it', async () => {
    const finished = await render({ scene: 'a lake' }, '/v9/renders-now');
    expect(finished).toMatchObject({ status: 200, body: { files: [{ url: expect.any(String) }] } });
    const refused = await render({ scene: '', views: 9 });
    expect(refused).toMatchObject({ status: 422 });
    const firefly = await gateway.post({ prompt: 'a cat' });
    expect(firefly.status).toBe(202);
  });
});
