import AxeBuilder from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startConsole, type TestConsole } from '#test/fixtures/console.ts';
import { quick } from '#test/fixtures/gateway.ts';

let console: TestConsole;
let jobs: string[];
beforeAll(async () => {
  console = await startConsole(quick);
  const hostile = '<img src=x onerror=alert(1)>'.repeat(30);
  const bodies = [
    { prompt: 'a fox in the snow' },
    { prompt: 'a fox in the rain', contentClass: 'art' },
    { prompt: hostile },
  ];
  jobs = await Promise.all(bodies.map((body) => console.gateway.submit(body)));
  for (const job of jobs) await console.gateway.until(job);
});
afterAll(() => console.close());

const address = (count: number) =>
  `/compare?jobs=${jobs
    .slice(0, count)
    .map((job) => `${job}/0`)
    .join(',')}`;
const frame = (page: Page, number: number) => page.getByRole('button', { name: new RegExp(`^Picture ${number}:`) });
const zoom = (page: Page) => page.getByRole('status', { name: 'Zoom' });

const image = (page: Page, number: number) => frame(page, number).locator('img');

/** Waits until a picture is there as large as it is. */
const untilLoaded = async (page: Page, number: number) => {
  await image(page, number).waitFor();
  const width = () => image(page, number).evaluate((element: { naturalWidth?: number }) => element.naturalWidth);
  await expect.poll(width).toBeGreaterThan(0);
};

/** Where a picture lies, as a person sees it. */
const place = async (page: Page, number: number) => {
  const box = await image(page, number).boundingBox();
  if (box === null) throw new Error(`There is no picture ${number}`);
  return box;
};

describe('the page that compares pictures', () => {
  it('moves all of them together, by mouse and by keyboard', async () => {
    const { page, done } = await console.open(address(2));
    await untilLoaded(page, 1);
    await untilLoaded(page, 2);
    const before = await place(page, 2);
    await frame(page, 1).focus();
    await page.keyboard.press('+');
    await page.keyboard.press('+');
    await expect.poll(() => zoom(page).textContent()).toBe('196%');
    await expect.poll(async () => (await place(page, 2)).width).toBeGreaterThan(before.width * 1.9);
    const closer = await place(page, 2);
    await page.keyboard.press('ArrowRight');
    await expect.poll(async () => (await place(page, 2)).x).toBeLessThan(closer.x);
    const box = await frame(page, 2).boundingBox();
    if (box === null) throw new Error('There is no frame');
    const atFirst = await place(page, 1);
    await page.mouse.move(box.x + 100, box.y + 100);
    await page.mouse.down();
    await page.mouse.move(box.x + 100, box.y + 130);
    await page.mouse.up();
    await expect.poll(async () => (await place(page, 1)).y).toBeCloseTo(atFirst.y + 30, 0);
    await page.keyboard.press('0');
    await expect.poll(() => zoom(page).textContent()).toBe('100%');
    await done();
  });

  it('lays one over the other, and marks what differs', async () => {
    const { page, done } = await console.open(address(2));
    await page.getByRole('button', { name: 'One over the other' }).click();
    const slider = page.getByRole('slider', { name: 'How much of the first picture is seen' });
    await slider.focus();
    await page.keyboard.press('Home');
    await expect.poll(() => slider.inputValue()).toBe('0');
    const row = page.getByRole('row', { name: /^Prompt/ });
    await row.getByText('differs').waitFor();
    await row.getByText('a fox in the rain').waitFor();
    await page.getByRole('row', { name: /^Operation/ }).waitFor();
    await page.getByRole('checkbox', { name: 'Only what differs' }).check();
    await expect.poll(() => page.getByRole('row', { name: /^Operation/ }).count()).toBe(0);
    await done();
  });

  it('fits a telephone, with texts that look like markup', async () => {
    const { page, done } = await console.open(address(3), { viewport: { width: 360, height: 740 } });
    await frame(page, 3).locator('img').waitFor();
    await page.getByRole('table').getByText('<img src=x', { exact: false }).first().waitFor();
    await expect.poll(() => page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
    await done();
  });

  it('says what is the matter', async () => {
    const none = await console.open('/compare');
    await none.page.getByText('Two to four pictures are compared.').waitFor();
    await none.done();

    const missing = await console.open(`/compare?jobs=${jobs[0]}/0,${crypto.randomUUID()}/0`, { expected: /404/ });
    await missing.page.getByText('There is no such job.').waitFor();
    await frame(missing.page, 1).locator('img').waitFor();
    await missing.done();

    for (const [status, told] of [
      [500, 'The gateway could not answer: It broke.'],
      [403, 'You may not do this: It broke.'],
    ] as const) {
      const broken = await console.open(address(2), {
        expected: /Failed to load resource/,
        prepare: async (page) =>
          void (await page.route('**/jobs/**', (route) => route.fulfill({ status, json: { detail: 'It broke.' } }))),
      });
      await broken.page.getByText(told).waitFor();
      await broken.done();
    }
  });

  it.each(['light', 'dark'] as const)('has nothing that axe objects to, %s', async (colorScheme) => {
    const { page, done } = await console.open(address(2), { colorScheme });
    await frame(page, 2).locator('img').waitFor();
    await page.getByRole('row', { name: /^Prompt/ }).waitFor();
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
    await done();
  });
});
