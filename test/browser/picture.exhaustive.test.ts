import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startConsole, type TestConsole } from '#test/fixtures/console.ts';
import { quick } from '#test/fixtures/gateway.ts';

let console: TestConsole;
let older: string;
let newer: string;
beforeAll(async () => {
  console = await startConsole(quick);
  const { gateway } = console;
  older = await gateway.submit({ prompt: 'a fox in the snow', numVariations: 2, size: { width: 1024, height: 1024 } });
  await gateway.until(older);
  newer = await gateway.submit({ prompt: 'a boat on a lake', seeds: [7], size: { width: 1024, height: 1024 } });
  await gateway.until(newer);
});
afterAll(() => console.close());

describe('the page of a picture', () => {
  it('goes through outputs and jobs by the arrow keys, and looks closer by keys alone', async () => {
    const { page, done } = await console.open(`/jobs/${newer}`);
    await page.getByRole('heading', { name: 'a boat on a lake' }).waitFor();
    await page.getByRole('button', { name: 'Older →' }).and(page.locator(':enabled')).waitFor();
    await page.keyboard.press('ArrowRight');
    await page.getByRole('heading', { name: 'a fox in the snow' }).waitFor();
    await page.keyboard.press('ArrowRight');
    const second = page.getByRole('button', { name: 'Output 2 of 2' });
    await expect.poll(() => second.getAttribute('aria-current')).toBe('true');
    await expect.poll(() => new URL(page.url()).search).toBe('?output=1');
    const picture = page.getByRole('button', { name: /^a fox in the snow\. Plus and minus/ });
    await picture.focus();
    await page.keyboard.press('+');
    await page.getByRole('status', { name: 'Zoom' }).getByText('140 %').waitFor();
    await page.keyboard.press('ArrowRight');
    expect(new URL(page.url()).search).toBe('?output=1');
    await page.keyboard.press('0');
    await page.getByText('100 %').waitFor();
    await page.getByRole('button', { name: '← Newer' }).and(page.locator(':enabled')).waitFor();
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    await page.getByRole('heading', { name: 'a boat on a lake' }).waitFor();
    await done();
  });

  it('fetches a new address where the one that it has is no longer good, and says so where that does not help', async () => {
    let refusals = 1;
    const refuse = (page: Page) =>
      page.route(/\/outputs\/.*X-Amz-Signature/, (route) => {
        refusals -= 1;
        return refusals >= 0 ? route.fulfill({ status: 403, body: 'Request has expired' }) : route.continue();
      });
    const renewed = await console.open(`/jobs/${newer}`, { expected: /status of 403/, prepare: refuse });
    await renewed.page.getByRole('heading', { name: 'a boat on a lake' }).waitFor();
    const width = () => renewed.page.evaluate("document.querySelector('main img').naturalWidth");
    await expect.poll(width).toBe(1024);
    expect(refusals).toBeLessThan(0);
    await renewed.done();
    refusals = 10;
    const lost = await console.open(`/jobs/${newer}`, { expected: /status of 403/, prepare: refuse });
    await lost.page.getByText('The browser cannot show this file.').waitFor();
    expect(refusals).toBe(8);
    await lost.done();
  });

  it('shows every setting and the history, keeps labels and favourites, downloads, and erases only when asked twice', async () => {
    const jobId = await console.gateway.submit({
      prompt: 'to be erased',
      seeds: [11],
      size: { width: 1024, height: 1024 },
    });
    await console.gateway.until(jobId);
    const { page, done } = await console.open(`/jobs/${jobId}`);
    const settings = page.getByRole('region', { name: 'Settings' });
    await settings.getByText('Size · Width').waitFor();
    await settings.getByText('11', { exact: true }).waitFor();
    await page.getByRole('region', { name: 'History' }).getByText('Being stored').waitFor();
    await page.getByLabel('New label').fill('campaign=spring');
    await page.getByRole('button', { name: 'Add' }).click();
    await page.getByRole('link', { name: 'campaign=spring' }).waitFor();
    await Promise.all([
      page.waitForResponse((response) => response.url().endsWith('/favourite') && response.ok()),
      page.getByRole('button', { name: '♥ Favourite' }).click(),
    ]);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe(`to-be-erased-${jobId.slice(0, 8)}-1.jpg`);
    const bytes = await readFile(await download.path());
    expect([...bytes.subarray(0, 2)]).toEqual([0xff, 0xd8]);
    const record = await (await fetch(`${console.gateway.url}/jobs/${jobId}`)).json();
    expect(record).toMatchObject({ labels: { campaign: 'spring' }, favourite: true });
    await page.getByRole('button', { name: 'Erase', exact: true }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Keep' }).click();
    await page.getByRole('alertdialog').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Erase', exact: true }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Erase', exact: true }).click();
    await page.getByRole('heading', { name: 'a boat on a lake' }).waitFor();
    expect((await fetch(`${console.gateway.url}/jobs/${jobId}`)).status).toBe(404);
    await done();
  });

  it('says why a job failed and what to do, and that a picture is not there or cannot be asked for', async () => {
    const hostile = `<img src=x onerror="document.title='taken'">${'W'.repeat(10_000)}`;
    const failed = await console.open(`/jobs/${newer}`, {
      viewport: { width: 360, height: 740 },
      prepare: (page) =>
        page.route(`**/jobs/${newer}?*`, async (route) => {
          const answer = await route.fetch();
          const error = { code: 'prompt_unsafe', message: hostile };
          const record = { ...(await answer.json()), status: 'failed', outputs: [], error, prompt: hostile };
          await route.fulfill({
            response: answer,
            json: { ...record, labels: { campaign: hostile }, request: { prompt: hostile } },
          });
        }),
    });
    await failed.page.getByRole('heading', { name: 'Failed' }).waitFor();
    await failed.page.getByText("Adobe's content policy refused it.").waitFor();
    await expect.poll(() => failed.page.title()).toContain('Picture');
    await expect.poll(() => failed.page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
    await failed.done();

    const missing = await console.open('/jobs/00000000-0000-4000-8000-000000000000', { expected: /status of 404/ });
    await missing.page.getByText('There is no such job.').waitFor();
    await missing.done();

    for (const [status, words] of [
      [403, 'You may not do this'],
      [500, 'The gateway could not answer'],
    ] as const) {
      const broken = await console.open(`/jobs/${older}`, {
        expected: /status of (403|500)/,
        prepare: (page) =>
          page.route(`**/jobs/${older}?*`, (route) =>
            route.fulfill({ status, contentType: 'application/problem+json', body: '{"detail":"It is made up."}' }),
          ),
      });
      await broken.page.getByText(words).waitFor();
      await broken.done();
    }
  });
});
