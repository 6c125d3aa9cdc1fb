import AxeBuilder from '@axe-core/playwright';
import type { Locator, Route } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startConsole, type TestConsole } from '#test/fixtures/console.ts';
import { quick } from '#test/fixtures/gateway.ts';
import { choose, makeButton, prompt } from './make-form.ts';

let console: TestConsole;
beforeAll(async () => {
  console = await startConsole(quick);
});
afterAll(() => console.close());

const countJobs = async (words: string): Promise<number> => {
  const answer = await console.gateway.call(`/jobs?q=${encodeURIComponent(words)}`);
  return ((await answer.json()) as { jobs: unknown[] }).jobs.length;
};

describe('the page that makes pictures', () => {
  it('makes one that appears by itself, and fills the form from it', async () => {
    const { page, done } = await console.open('/new');
    await prompt(page).fill('a lighthouse at dusk');
    await page.getByText('Costs 1 operation for 1 output').waitFor();
    await choose(page.getByRole('radio', { name: 'Art' }));
    await choose(page.getByRole('radio', { name: '2', exact: true }).last());
    await page.getByText('Costs 2 operations for 2 outputs').waitFor();
    await makeButton(page).dblclick();
    const job = page.getByRole('article', { name: 'Job: a lighthouse at dusk' });
    await job.getByRole('img', { name: 'a lighthouse at dusk, 2' }).waitFor();
    await job.getByText('Done').waitFor();
    await expect.poll(() => prompt(page).inputValue()).toBe('a lighthouse at dusk');
    expect(await countJobs('lighthouse dusk')).toBe(1);

    await job.getByRole('link', { name: 'Remix with its seeds' }).click();
    await page.getByRole('heading', { name: 'Remix' }).waitFor();
    await expect.poll(() => prompt(page).inputValue()).toBe('a lighthouse at dusk');
    await page.getByRole('textbox', { name: 'Seeds 2' }).waitFor();
    await page.goBack();
    await page.getByRole('heading', { name: 'Make' }).waitFor();
    await job.getByRole('link', { name: 'Remix', exact: true }).click();
    await page.getByRole('heading', { name: 'Remix' }).waitFor();
    await expect.poll(() => page.getByRole('radio', { name: 'Art' }).isChecked()).toBe(true);
    await expect.poll(() => page.getByRole('textbox', { name: 'Seeds 1' }).count()).toBe(0);
    await done();
  });

  it('loses nothing by a reload, by Back or by another operation', async () => {
    const { page, done } = await console.open('/new');
    await prompt(page).fill('half a thou');
    await page.getByText('More settings').click();
    await page.getByRole('button', { name: 'Add to Seeds' }).click();
    await page.getByRole('textbox', { name: 'Seeds 1' }).fill('12');
    await page.reload();
    await page.getByRole('textbox', { name: 'Seeds 1' }).waitFor();
    await expect.poll(() => prompt(page).inputValue()).toBe('half a thou');
    await expect.poll(() => page.getByRole('textbox', { name: 'Seeds 1' }).inputValue()).toBe('12');
    await page.getByRole('button', { name: /What to make/ }).click();
    await page.getByRole('option', { name: 'Make an image larger' }).click();
    await page.getByRole('button', { name: 'Choose a file' }).waitFor();
    await expect.poll(() => new URL(page.url()).searchParams.get('operation')).toBe('images/upscale');
    await page.goBack();
    await expect.poll(() => prompt(page).inputValue()).toBe('half a thou');
    await page.getByRole('link', { name: 'Wall' }).click();
    await page.waitForURL(/\/console\/?$/);
    await page.goBack();
    await expect.poll(() => prompt(page).inputValue()).toBe('half a thou');
    await page.getByRole('button', { name: 'Start over' }).click();
    await expect.poll(() => prompt(page).inputValue()).toBe('');
    await done();
  });

  it('shows what is wrong at its field, and goes there', async () => {
    const { page, done } = await console.open('/new', { expected: /422/ });
    await page.getByText('To be filled in or changed first: Prompt.').waitFor();
    await makeButton(page).click();
    await page.getByText('field required').waitFor();
    await expect.poll(() => prompt(page).and(page.locator(':focus')).count()).toBe(1);
    await prompt(page).fill('a fox');
    await page.getByText('More settings').click();
    await page.getByRole('button', { name: 'Add to Seeds' }).click();
    await page.getByRole('textbox', { name: 'Seeds 1' }).fill('not a number');
    await makeButton(page).click();
    await page.getByText('One field needs another look.').waitFor();
    const wrong = page.getByRole('textbox', { name: 'Seeds 1' });
    await expect.poll(() => wrong.getAttribute('aria-invalid')).toBe('true');
    await expect.poll(() => wrong.inputValue()).toBe('not a number');
    // What has no field is told as well.
    await page.getByText('Request as JSON').click();
    const json = page.getByRole('textbox', { name: 'Body of the request' });
    await json.fill('{"prompt": "a fox", "size": {"width": 2048, "height": 2048, "depth": 1}, "se');
    await page.getByText('The JSON of the request is not finished.').waitFor();
    await expect.poll(() => makeButton(page).isDisabled()).toBe(true);
    await json.fill('{"prompt": "a hare", "contentClass": "art"}');
    await expect.poll(() => prompt(page).inputValue()).toBe('a hare');
    await prompt(page).fill('an owl');
    await expect.poll(() => json.inputValue()).toContain('"an owl"');
    await done();
  });

  it('has a field that a definition adds, without a change of the console', async () => {
    const { page, done } = await console.open('/new', {
      prepare: async (opened) =>
        void (await opened.route('**/openapi.json', async (route) => {
          const answer = await route.fetch();
          const description = await answer.json();
          const call = description.paths['/v3/images/generate-async'].post;
          const { properties } = call.requestBody.content['application/json'].schema;
          properties.grainOfFilm = { type: 'string', enum: ['fine', 'coarse'], description: 'How grainy it looks.' };
          await route.fulfill({ response: answer, json: description });
        })),
    });
    const field = page.getByRole('group', { name: 'Grain of film' });
    await choose(field.getByRole('radio', { name: 'Coarse' }));
    await page.getByText('How grainy it looks.').waitFor();
    await page.getByText('Request as JSON').click();
    await expect
      .poll(() => page.getByRole('textbox', { name: 'Body of the request' }).inputValue())
      .toContain('"grainOfFilm": "coarse"');
    await done();
  });

  it('sends once more what may not have arrived, as the same job', async () => {
    let attempts = 0;
    const loseAnswer = async (route: Route) => {
      attempts += 1;
      await route.fetch();
      if (attempts === 1) await route.abort();
      else await route.continue();
    };
    const { page, done } = await console.open('/new', {
      expected: /Failed to load resource/,
      prepare: async (opened) => void (await opened.route('**/v3/images/generate-async', loseAnswer)),
    });
    await prompt(page).fill('a bridge lost in fog');
    await makeButton(page).click();
    await page.getByText('The gateway cannot be reached.').waitFor();
    await makeButton(page).click();
    await page.getByRole('article', { name: /a bridge lost in fog/ }).waitFor();
    expect(await countJobs('bridge lost fog')).toBe(1);
    await done();
  });

  it('is broken by no text, however long and whatever it looks like', async () => {
    const hostile = '<img src=x onerror=alert(1)>'.repeat(400);
    const { page, done } = await console.open('/new', { viewport: { width: 360, height: 740 }, expected: /422/ });
    await prompt(page).fill(hostile);
    await page.getByText('11,200 of 1,024 characters').waitFor();
    await makeButton(page).click();
    await page.getByText('One field needs another look.').waitFor();
    const refuse = (route: Route) =>
      route.fulfill({
        status: 422,
        json: {
          detail: hostile,
          error_code: 'x',
          message: hostile,
          validation_errors: [{ loc: ['body', hostile], msg: hostile, type: 'x' }],
        },
      });
    await page.route('**/v3/images/generate-async', refuse);
    await makeButton(page).click();
    await page.getByText('It was not made').waitFor();
    await expect.poll(() => page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
    await done();
  });

  it('is reached and used by the keyboard alone', async () => {
    const { page, done } = await console.open('/new');
    await prompt(page).waitFor();
    const tabTo = async (isThere: () => Promise<boolean>) => {
      for (let step = 0; step < 60 && !(await isThere()); step += 1) await page.keyboard.press('Tab');
      expect(await isThere()).toBe(true);
    };
    const hasFocus = (locator: Locator) => async () => (await locator.and(page.locator(':focus')).count()) === 1;
    await tabTo(hasFocus(prompt(page)));
    await page.keyboard.type('a kite by keyboard');
    const automatic = page.getByRole('group', { name: 'Content class' }).getByRole('radio', { name: 'Automatic' });
    await tabTo(hasFocus(automatic));
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => page.getByRole('radio', { name: 'Photo' }).isChecked()).toBe(true);
    await tabTo(hasFocus(makeButton(page)));
    await page.keyboard.press('Enter');
    await page.getByRole('article', { name: 'Job: a kite by keyboard' }).waitFor();
    await done();
  });

  it.each(['light', 'dark'] as const)('has nothing that axe objects to, %s', async (colorScheme) => {
    const { page, done } = await console.open('/new?operation=images/fill', { colorScheme });
    await page.getByText('More settings').click();
    await page.getByText('Request as JSON').click();
    await page.getByText('To be filled in or changed first').waitFor();
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
    await done();
  });
});
