import type { Page } from 'playwright-core';
import { afterAll, beforeAll, it } from 'vitest';
import { startConsole, type TestConsole } from '#test/fixtures/console.ts';
import { prompt } from './make-form.ts';

let console: TestConsole;
beforeAll(async () => {
  console = await startConsole();
});
afterAll(() => console.close());

it('the page that makes pictures says what is the matter while its API is broken', async () => {
  const breakIt = (status: number, json: unknown) => ({
    expected: /Failed to load resource/,
    prepare: async (page: Page) =>
      void (await page.route('**/openapi.json', (route) =>
        route.fulfill({ status, json, contentType: 'application/problem+json' }),
      )),
  });
  const failed = await console.open('/new', breakIt(500, { detail: 'Something broke.' }));
  await failed.page.getByRole('heading', { name: 'The forms cannot be built' }).waitFor();
  await failed.page.getByText('Something broke.').waitFor();
  await failed.page.unroute('**/openapi.json');
  await failed.page.getByRole('button', { name: 'Try again' }).click();
  await prompt(failed.page).waitFor();
  await failed.done();

  const forbidden = await console.open('/new', breakIt(403, { detail: 'Not for you.' }));
  await forbidden.page.getByText('Not for you.').waitFor();
  await forbidden.done();

  const empty = await console.open('/new', breakIt(200, { paths: {} }));
  await empty.page.getByText('names nothing that can be made').waitFor();
  await empty.done();

  const seen = Promise.withResolvers<void>();
  const slow = await console.open('/new', {
    prepare: async (page) =>
      void (await page.route('**/openapi.json', async (route) => {
        await seen.promise;
        await route.continue();
      })),
  });
  await slow.page.getByLabel('Loading the forms').waitFor();
  seen.resolve();
  await prompt(slow.page).waitFor();
  await slow.done();

  const unknown = await console.open(`/new?from=${crypto.randomUUID()}`, { expected: /404/ });
  await unknown.page.getByRole('heading', { name: 'The job cannot be remixed' }).waitFor();
  await unknown.done();

  const unpriced = await console.open('/new', {
    expected: /Failed to load resource/,
    prepare: async (page) =>
      void (await page.route('**/estimates', (route) => route.fulfill({ status: 404, json: {} }))),
  });
  await unpriced.page.getByText('What it costs cannot be said at the moment.').waitFor();
  await unpriced.done();
});
