import { Script } from 'node:vm';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import type { Context } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApi } from '#functions/api/app.ts';
import type { ApiContext } from '#functions/api/context.ts';
import { createStaticFile } from '#functions/api/openapi/static-file.ts';
import type { Docs } from '#shared/deployment/job-environments.ts';
import { startApi, type TestApi } from '../fixture.ts';
import { httpEvent } from '../http-event.ts';

let api: TestApi;
let page: Awaited<ReturnType<TestApi['call']>>;
beforeAll(async () => {
  api = await startApi();
  page = await api.call({ path: '/docs', caller: '' });
});
afterAll(() => api.close());

const get = (path: string, headers: Record<string, string> = {}) => api.call({ path, headers, caller: '' });
const paths = ['/docs', '/docs/reference.css', '/docs/reference.js', '/openapi.json'];

describe('the reference page', () => {
  it('has a policy that lets it load its own files and nothing else, and nothing that the policy would stop', async () => {
    expect(page.headers['content-security-policy']).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
    expect(page.body).not.toMatch(
      / style=|<style|\son\w+=|javascript:|<script(?! src="\/docs\/reference\.js" defer>)/i,
    );
    const style = await get('/docs/reference.css');
    expect(`${style.body}${(await get('/docs/reference.js')).body}`).not.toMatch(
      /url\(|@import|https?:|eval|innerHTML|fetch/,
    );
  });

  it('refers to nothing outside of the gateway, and each of its files exists', async () => {
    const loaded = [...page.body.matchAll(/\b(?:src|href)="([^"#][^"]*)"/g)].map(([, file = '']) => file);
    expect(new Set(loaded)).toEqual(new Set(['/docs/reference.css', '/docs/reference.js', '/openapi.json']));
    for (const file of loaded) expect((await get(file)).statusCode).toBe(200);
  });

  it('leads to a place on itself by every link', () => {
    const ids = [...page.body.matchAll(/ id="([^"]+)"/g)].map(([, id = '']) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const links = new Set([...page.body.matchAll(/href="#([^"]+)"/g)].map(([, id = '']) => id));
    expect([...links].filter((id) => !ids.includes(id))).toEqual([]);
    expect(links.size).toBeGreaterThan(40);
  });

  it('shows every call, message and schema of the description, with an example for each call', async () => {
    const { json } = await get('/openapi.json');
    const { paths: calls, webhooks, components } = json as Record<string, Record<string, object>>;
    const shown = (name: string) => page.body.includes(`<code>${name}</code>`);
    expect([...Object.keys(calls ?? {}), ...Object.keys(webhooks ?? {})].filter((name) => !shown(name))).toEqual([]);
    const schemas = Object.keys(components?.['schemas'] ?? {});
    expect(schemas.filter((name) => !page.body.includes(`<article id="${name}">`))).toEqual([]);
    const count = Object.values(calls ?? {}).flatMap((methods) => Object.keys(methods)).length;
    expect(page.body.match(/curl -sS/g)).toHaveLength(count);
  });

  it('describes fields by path, type, limits and default, and builds an example of what is required', () => {
    const [, article = ''] = /<article id="postV3ImagesGenerateAsync">(.*?)<\/article>/s.exec(page.body) ?? [];
    expect(article).toContain('<code>style.imageReference.source.uploadId</code>');
    expect(article).toMatch(/<code>prompt<\/code> <b>required<\/b><\/th>\s*<td>string<\/td><td>1 to 1024 characters/);
    expect(article).toContain('default <code>{&quot;width&quot;:2048,&quot;height&quot;:2048}</code>');
    expect(article).toContain('-d &#39;{&quot;prompt&quot;:&quot;a fox in the snow&quot;}&#39;');
  });

  it('has a script that is one', async () => {
    const { body } = await get('/docs/reference.js');
    expect(() => new Script(body)).not.toThrow();
  });

  it('is small', async () => {
    const sizes = await Promise.all(
      ['/docs', '/docs/reference.css', '/docs/reference.js'].map(async (path) => {
        const { body } = await get(path, { 'accept-encoding': 'gzip' });
        return Buffer.from(body, 'base64').length;
      }),
    );
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(60_000);
  });

  it.each(['x.js', 'package.json', '..%2fhandler.ts', '__proto__'])('has no file %s', async (file) => {
    expect(await get(`/docs/${file}`)).toMatchObject({ statusCode: 404 });
  });
});

describe('what everybody gets alike', () => {
  it.each(paths)('%s is compressed as the client takes it', async (path) => {
    const plain = await get(path);
    expect(plain.headers).not.toHaveProperty('content-encoding');
    for (const [header, encoding, decode] of [
      ['gzip, deflate, br', 'br', brotliDecompressSync],
      ['GZIP', 'gzip', gunzipSync],
      ['br;q=0, gzip;q=0.5', 'gzip', gunzipSync],
    ] as const) {
      const { headers, body, isBase64Encoded } = await get(path, { 'accept-encoding': header });
      expect(headers).toMatchObject({ 'content-encoding': encoding, vary: 'accept-encoding' });
      expect(isBase64Encoded).toBe(true);
      expect(decode(Buffer.from(body, 'base64')).toString()).toBe(plain.body);
    }
    expect((await get(path, { 'accept-encoding': 'br;q=0, identity' })).headers).not.toHaveProperty('content-encoding');
  });

  it.each(paths)('%s is not sent again to a client that has it', async (path) => {
    const { headers } = await get(path, { 'accept-encoding': 'br' });
    expect(headers).toMatchObject({ 'cache-control': 'public, max-age=300', 'x-content-type-options': 'nosniff' });
    for (const known of [headers['etag'], `"x", W/${headers['etag']}`, '*']) {
      const answer = await get(path, { 'if-none-match': String(known), 'accept-encoding': 'gzip' });
      expect(answer).toMatchObject({ statusCode: 304, body: '' });
      expect(answer.headers).toHaveProperty('etag');
    }
    expect((await get(path, { 'if-none-match': '"another"' })).statusCode).toBe(200);
  });

  it('is made anew after it could not be made', () => {
    let attempts = 0;
    const file = createStaticFile(() => {
      attempts += 1;
      if (attempts === 1) throw new Error('not now');
      return { content: 'x', contentType: 'text/plain' };
    });
    const request = { header: () => undefined };
    expect(() => file(request)).toThrow('not now');
    expect(file(request)).toMatchObject({ statusCode: 200, body: 'x' });
    file(request);
    expect(attempts).toBe(2);
  });
});

describe('the setting docs', () => {
  const callWith = (docs: Docs, path: string, caller: string, console?: ApiContext['console']) =>
    createApi({ ...api.context, console, settings: { ...api.context.settings, docs } })(httpEvent({ path, caller }), {
      getRemainingTimeInMillis: () => 29_000,
    } as Context);

  it('shows the description to callers only', async () => {
    for (const path of paths) {
      expect((await callWith('callers', path, '')).statusCode).toBe(401);
      expect((await callWith('callers', path, 'alice')).statusCode).toBe(200);
    }
    const description = (await callWith('callers', '/openapi.json', 'alice')).body;
    expect(JSON.parse(description).paths['/docs'].get).not.toHaveProperty('security');
  });

  it('shows it to nobody', async () => {
    for (const path of paths) expect((await callWith('off', path, 'alice')).statusCode).toBe(404);
  });

  it('leaves callers the description that the forms of the console are built from', async () => {
    const ask = (path: string, caller: string) =>
      callWith('off', path, caller, { directory: '.', authMode: 'callers', simulated: false, bucketOrigin: 'x' });
    expect((await ask('/openapi.json', '')).statusCode).toBe(401);
    expect((await ask('/openapi.json', 'alice')).statusCode).toBe(200);
    expect((await ask('/docs', 'alice')).statusCode).toBe(404);
  });
});
