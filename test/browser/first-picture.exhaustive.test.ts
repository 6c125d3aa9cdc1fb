import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startConsole, type TestConsole } from '#test/fixtures/console.ts';
import { quick } from '#test/fixtures/gateway.ts';

let console: TestConsole;
beforeAll(async () => {
  console = await startConsole(quick);
});
afterAll(() => console.close());

describe('the console', () => {
  it('takes a prompt, says what it costs, makes the picture and shows it by itself', async () => {
    const { page, done } = await console.open('/..');
    expect(new URL(page.url()).pathname).toBe('/console/');
    await page.getByRole('link', { name: 'Make', exact: true }).first().click();
    await page.getByRole('textbox', { name: /^Prompt(?! bias)/ }).fill('a fox in the snow');
    await page.getByText('Costs 1 operation for 1 output').waitFor();
    await page.getByRole('button', { name: 'Make', exact: true }).click();
    const job = page.getByRole('article', { name: 'Job: a fox in the snow' });
    const picture = job.getByRole('img', { name: /a fox in the snow/ });
    await picture.waitFor();
    await job.getByText('Done').waitFor();
    // It is decoded, and not only there.
    const width = () => picture.evaluate((image: { naturalWidth?: number }) => image.naturalWidth);
    await expect.poll(width).toBeGreaterThan(0);
    await page.getByRole('link', { name: 'Wall' }).click();
    await page.getByRole('link', { name: 'a fox in the snow' }).click();
    await page.getByRole('heading', { name: 'a fox in the snow' }).waitFor();
    await done();
  });
});
