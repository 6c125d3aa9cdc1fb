import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { buildConsole } from '#console/build.ts';
import { startConsole, type TestConsole } from '#test/fixtures/console.ts';
import { quick } from '#test/fixtures/gateway.ts';

const maxFirstLoadBytes = 250_000;

let console: TestConsole;
let made: Record<'jobId' | 'batchId' | 'webhookId' | 'callerId', string>;

/** Sends a body and gives what the answer has by a name. */
const post = async (path: string, body: string, contentType: string, name: string): Promise<string> => {
  const answer = await console.gateway.call(path, { method: 'POST', headers: { 'content-type': contentType }, body });
  return String(z.record(z.string(), z.unknown()).parse(await answer.json())[name]);
};

beforeAll(async () => {
  console = await startConsole(quick);
  const jobId = await console.gateway.submit({
    prompt: 'a fox in the snow',
    size: { width: 1024, height: 1024 },
    numVariations: 2,
  });
  await console.gateway.until(jobId);
  made = {
    jobId,
    batchId: await post('/batches', 'id,prompt\nkite,a kite\nbad,', 'text/csv', 'batchId'),
    webhookId: await post('/webhooks', '{"url":"https://example.com/hook"}', 'application/json', 'webhookId'),
    callerId: await post('/callers', '{"name":"campaigns"}', 'application/json', 'callerId'),
  };
});
afterAll(() => console.close());

const settle = async (page: Page): Promise<void> => {
  await page.waitForLoadState('networkidle');
  await page.getByRole('heading').first().waitFor({ state: 'attached' });
};

/** Every page by its address, in which `:jobId` and the like stand for what was made. */
const paths = [
  '/',
  '/?model=image3&operation=images/generate',
  '/?q=nothing+like+it',
  '/?compare=:jobId/0,:jobId/1',
  '/jobs/:jobId?output=1',
  '/compare?jobs=:jobId/0,:jobId/1',
  '/new',
  '/new?from=:jobId&seed=1',
  '/batches',
  '/batches/new',
  '/batches/:batchId',
  '/webhooks',
  '/webhooks/:webhookId',
  '/operators',
  '/operators/callers',
  '/operators/callers/:callerId',
  '/operators/usage',
  '/operators/audit',
  '/operators/erasures',
  '/operators/health',
  '/signed-in',
  '/nothing-here',
] as const;

const fillIn = (path: string): string =>
  path.replaceAll(/:(\w+)/g, (whole, name) => (name in made ? made[name as keyof typeof made] : whole));

describe('every page', () => {
  it.each(paths)(
    '%s has no violation that axe finds, and fits the screen, in light and dark, wide and narrow',
    async (path) => {
      const { page, done } = await console.open(fillIn(path), { expected: /^Scripts may close only/ });
      const found: object[] = [];
      for (const width of [1_280, 360]) {
        await page.setViewportSize({ width, height: 800 });
        for (const colorScheme of ['light', 'dark'] as const) {
          await page.emulateMedia({ colorScheme });
          await settle(page);
          const { violations } = await new AxeBuilder({ page }).analyze();
          for (const { id, nodes } of violations) {
            found.push({ width, colorScheme, id, at: nodes.map(({ html }) => html.slice(0, 160)) });
          }
        }
        const needed = Number(await page.evaluate('document.documentElement.scrollWidth'));
        if (needed > width) found.push({ width, needed });
      }
      expect(found).toEqual([]);
      await done();
    },
  );

  it('is on the list of this test', async () => {
    const source = await readFile('console/src/app/pages.ts', 'utf8');
    const routes = [...source.matchAll(/\bpath: '([^']+)'/g)].map(([, path]) => path);
    expect(routes.length).toBeGreaterThan(15);
    const shown: readonly string[] = paths.map((path) => path.replace(/\?.*/, ''));
    for (const path of routes) expect(shown).toContain(path);
  });

  it('is reached from the wall by the keyboard alone', async () => {
    const { page, done } = await console.open('/');
    await page.getByRole('link', { name: 'a fox in the snow' }).first().waitFor();
    await page.keyboard.press('Tab');
    await expect.poll(() => page.evaluate('document.activeElement.textContent')).toBe('Skip to the page');
    const reached = new Set<unknown>();
    for (let step = 0; step < 40; step += 1) {
      await page.keyboard.press('Tab');
      reached.add(await page.evaluate('document.activeElement.pathname'));
    }
    const navigation = page.getByRole('navigation', { name: 'Pages' }).getByRole('link');
    await expect.poll(() => navigation.count()).toBe(5);
    for (const link of await navigation.all()) expect([...reached]).toContain(await link.getAttribute('href'));
    expect([...reached]).toContain(`/console/jobs/${made.jobId}`);
    await page.getByRole('link', { name: 'a fox in the snow' }).first().focus();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'a fox in the snow' }).waitFor();
    await done();
  });

  it('needs less than 250 kB for the first picture', async () => {
    const { page, done, requests } = await console.open('/');
    await settle(page);
    const directory = await buildConsole();
    const files = requests
      .filter((request) => request.startsWith('GET /console/assets/'))
      .map((request) => request.slice('GET /console/'.length));
    const sizes = await Promise.all(files.map(async (file) => (await stat(join(directory, `${file}.gz`))).size));
    expect(files.length).toBeGreaterThan(2);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(maxFirstLoadBytes);
    await done();
  });

  it('has its scripts and styles in files of its own', async () => {
    const directory = await buildConsole();
    const page = await readFile(join(directory, 'index.html'), 'utf8');
    expect(page).not.toMatch(/<style|style=|<script(?![^>]*\bsrc=)/);
    const scripts = (await readdir(join(directory, 'assets'))).filter((file) => file.endsWith('.js'));
    const texts = await Promise.all(scripts.map((file) => readFile(join(directory, 'assets', file), 'utf8')));
    expect(texts.join('')).not.toMatch(/\beval\(|new Function\(/);
  });
});
