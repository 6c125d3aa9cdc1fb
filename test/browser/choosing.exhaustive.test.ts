import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startConsole, type TestConsole } from '#test/fixtures/console.ts';

const prompts = ['one fox', 'two foxes', 'three foxes', 'four foxes', 'five foxes'];
let console: TestConsole;
let pair: string;
beforeAll(async () => {
  console = await startConsole();
  const size = { width: 1024, height: 1024 };
  const jobs = [];
  for (const prompt of prompts) jobs.push(await console.gateway.submit({ prompt, size }));
  pair = await console.gateway.submit({ prompt: 'a pair of foxes', numVariations: 2, size });
  for (const job of [...jobs, pair]) await console.gateway.until(job);
});
afterAll(() => console.close());

describe('choosing pictures to compare', () => {
  it('is done on the wall by the pointer, takes four, and finds them again by Back', async () => {
    const { page, done } = await console.open('/');
    const bar = page.getByRole('region', { name: 'Compare pictures' });
    await page.getByRole('button', { name: 'Compare' }).click();
    await bar.getByText('Choose two to 4 pictures').waitFor();
    await expect.poll(() => bar.getByRole('button', { name: 'Compare' }).isDisabled()).toBe(true);
    for (const prompt of prompts.slice(0, 4)) await page.getByRole('checkbox', { name: prompt }).check();
    await bar.getByText('4 of 4 chosen').waitFor();
    const fifth = page.getByRole('checkbox', { name: 'five foxes' });
    await fifth.click({ force: true });
    await expect.poll(() => fifth.isChecked()).toBe(false);
    await page.getByRole('checkbox', { name: 'two foxes' }).uncheck();
    // Filters and what is chosen do not get into each other's way.
    await page.getByRole('searchbox', { name: 'Words of the prompt' }).fill('one');
    await fifth.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Clear', exact: true }).click();
    await fifth.waitFor();
    await bar.getByText('3 of 4 chosen').waitFor();
    await bar.getByRole('button', { name: 'Compare' }).click();
    await page.getByRole('heading', { name: 'Compare', level: 1 }).waitFor();
    await page.getByRole('button', { name: /^Picture 2: three foxes/ }).waitFor();
    await page.goBack();
    await bar.getByText('3 of 4 chosen').waitFor();
    await expect.poll(() => page.getByRole('checkbox', { name: 'one fox' }).isChecked()).toBe(true);
    await bar.getByRole('button', { name: 'Stop choosing' }).click();
    await page.getByRole('link', { name: 'one fox' }).waitFor();
    await done();
  });

  it('is done by the keyboard alone', async () => {
    const { page, done } = await console.open('/');
    await page.getByRole('button', { name: 'Compare' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('checkbox', { name: /a pair of foxes, 1 of 2/ }).focus();
    await page.keyboard.press('Space');
    await page.getByText('1 of 4 chosen').waitFor();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    const fifth = page.getByRole('checkbox', { name: 'five foxes' });
    await fifth.and(page.locator(':focus')).waitFor();
    await page.keyboard.press('Space');
    await page.getByText('2 of 4 chosen').waitFor();
    await expect.poll(() => fifth.isChecked()).toBe(true);
    await page.getByRole('region', { name: 'Compare pictures' }).getByRole('button', { name: 'Compare' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: /^Picture 2: five foxes/ }).waitFor();
    await page.getByRole('link', { name: 'Choose other pictures' }).click();
    await page.getByText('2 of 4 chosen').waitFor();
    await done();
  });

  it('begins at a picture: with the other outputs of its job, or with pictures of the wall', async () => {
    const { page, done } = await console.open(`/jobs/${pair}?output=1`);
    await page.getByRole('button', { name: 'Compare' }).click();
    await page.getByRole('menuitem', { name: 'With other outputs of this job' }).click();
    await page.getByRole('button', { name: /^Picture 2: a pair of foxes/ }).waitFor();
    expect(new URL(page.url()).searchParams.get('jobs')).toBe(`${pair}/1,${pair}/0`);
    await page.goBack();
    await page.getByRole('heading', { name: 'a pair of foxes' }).waitFor();
    await page.getByRole('button', { name: 'Compare' }).click();
    await page.getByRole('menuitem', { name: 'With pictures of the wall' }).click();
    await page.getByText('1 of 4 chosen').waitFor();
    await expect.poll(() => page.getByRole('checkbox', { name: /a pair of foxes, 2 of 2/ }).isChecked()).toBe(true);
    await done();
  });
});

describe('a page whose code is not there any more', () => {
  it('says so, and is there after a reload', async () => {
    const { page, done } = await console.open('/', { expected: /ERR_FAILED/ });
    await page.getByRole('link', { name: 'one fox' }).waitFor();
    await page.route('**/console/assets/*', (route) => route.abort());
    await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Batches' }).click();
    await page.getByText('Its code could not be loaded.').waitFor();
    // The way to the others stays.
    await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Wall' }).click();
    await page.getByRole('link', { name: 'one fox' }).waitFor();
    await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Batches' }).click();
    await page.getByText('Its code could not be loaded.').waitFor();
    await page.unroute('**/console/assets/*');
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('heading', { name: 'Batches', level: 1 }).waitFor();
    await done();
  });
});
