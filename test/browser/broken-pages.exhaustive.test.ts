import AxeBuilder from '@axe-core/playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPage } from '#test/fixtures/browser.ts';
import { startConsoleGateway } from '#test/fixtures/console-gateway.ts';
import type { Gateway } from '#test/fixtures/gateway.ts';
import {
  at,
  batch,
  caller,
  delivery,
  entry,
  erasure,
  health,
  id,
  lane,
  lines,
  long,
  usage,
  webhook,
} from './hostile-answers.ts';

let gateway: Gateway;
beforeAll(async () => {
  gateway = await startConsoleGateway();
});
afterAll(() => gateway.close());

type Answers = Record<string, { status?: number; body: unknown; after?: Promise<void> }>;

interface BrokenPage {
  path: string;
  /** The call that fills the page, or a part of it. */
  api: string;
  /** Its answer, full of texts that nobody should write. */
  hostile: object;
  /** Its answer where there is nothing, and what the page says then. */
  empty?: object;
  says?: string;
  /** What the rest of the page is filled with. */
  others?: Answers;
}

const pages: readonly BrokenPage[] = [
  {
    path: '/batches',
    api: '/batches',
    hostile: { batches: [batch] },
    empty: { batches: [] },
    says: 'There is no batch yet.',
  },
  {
    path: `/batches/${id}`,
    api: `/batches/${id}`,
    hostile: batch,
    others: { [`/batches/${id}/lines`]: { body: { lines, searchedTo: 2 } } },
  },
  {
    path: `/batches/${id}`,
    api: `/batches/${id}/lines`,
    hostile: { lines, searchedTo: 2 },
    empty: { lines: [], searchedTo: 0 },
    says: 'No line is known yet.',
    others: { [`/batches/${id}`]: { body: batch } },
  },
  {
    path: '/webhooks',
    api: '/webhooks',
    hostile: { webhooks: [webhook] },
    empty: { webhooks: [] },
    says: 'There is no webhook yet.',
  },
  {
    path: `/webhooks/${id}`,
    api: `/webhooks/${id}`,
    hostile: { ...webhook, deliveries: [delivery] },
    empty: { ...webhook, deliveries: [] },
    says: 'Nothing has been sent yet.',
  },
  { path: '/operators', api: '/queue', hostile: { lanes: [lane], pausedCallers: [] } },
  {
    path: '/operators',
    api: '/queue/callers',
    hostile: { callers: [{ caller: long, waiting: 1, running: 1, pause: { by: long, since: at, reason: long } }] },
    empty: { callers: [] },
    says: 'No job waits or runs.',
    others: { '/queue': { body: { lanes: [lane], pausedCallers: [] } } },
  },
  {
    path: '/operators/callers',
    api: '/callers',
    hostile: { callers: [caller] },
    empty: { callers: [] },
    says: 'There is no caller yet.',
  },
  { path: '/operators/callers/a', api: '/callers/a', hostile: caller },
  {
    path: '/operators/usage?by=caller',
    api: '/usage/callers',
    hostile: usage,
    empty: { ...usage, usage: [] },
    says: 'No job has ended that was made in this time.',
  },
  {
    path: '/operators/audit',
    api: '/audit',
    hostile: { entries: [entry] },
    empty: { entries: [] },
    says: 'Nothing was changed in this time.',
  },
  {
    path: '/operators/erasures',
    api: '/erasures',
    hostile: { erasures: [erasure] },
    empty: { erasures: [] },
    says: 'Nothing was erased.',
  },
  { path: '/operators/health', api: '/health/details', hostile: health },
];

const open = (path: string, answers: Answers, options = {}) =>
  openPage(`${gateway.url}/console${path}`, {
    expected: /status of (4|5)\d\d/,
    ...options,
    prepare: async (page) => {
      await page.route(
        (url) => Object.hasOwn(answers, url.pathname),
        async (route) => {
          const { status = 200, body, after } = answers[new URL(route.request().url()).pathname] ?? { body: {} };
          await after;
          await route.fulfill({ status, json: body });
        },
      );
    },
  });

const problem = (status: number, message: string) => ({
  status,
  body: { status, error_code: 'x', message, detail: message },
});

describe.each(pages)('$path, $api', ({ path, api, hostile, empty, says, others = {} }) => {
  it('says what is wrong, and goes on when it is asked again', async () => {
    const answers: Answers = { ...others, [api]: problem(500, 'It broke.') };
    const { page, done } = await open(path, answers);
    await page.getByText('The gateway could not answer: It broke.').first().waitFor();
    answers[api] = { body: hostile };
    const again = page.getByRole('button', { name: 'Try again' });
    await again.first().click();
    // A part that asks for something else of the same call has a button of its own, and may come to it later.
    const askAgain = async () => {
      if ((await again.count()) > 0) await again.first().click({ timeout: 2_000 });
      return page.getByText('It broke.').count();
    };
    await expect.poll(askAgain, { interval: 500 }).toBe(0);
    await done();
  });

  it('says who may see it', async () => {
    const { page, done } = await open(path, { ...others, [api]: problem(403, 'Only some may.') });
    await page
      .getByText(/Only some may\./)
      .first()
      .waitFor();
    await done();
  });

  it('says that it waits, and that there is nothing', async () => {
    const seen = Promise.withResolvers<void>();
    const { page, done } = await open(path, { ...others, [api]: { body: empty ?? hostile, after: seen.promise } });
    await page.getByRole('progressbar').first().waitFor();
    seen.resolve();
    if (says !== undefined) await page.getByText(says).waitFor();
    await done();
  });

  it.each(['light', 'dark'] as const)('stands texts of 10,000 characters at 360 pixels, in %s', async (colorScheme) => {
    const { page, done } = await open(
      path,
      { ...others, [api]: { body: hostile } },
      { colorScheme, viewport: { width: 360, height: 700 } },
    );
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.waitForLoadState('networkidle');
    await page.getByRole('progressbar').first().waitFor({ state: 'detached' });
    await expect.poll(() => page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
    expect(await page.locator('img[src="x"]').count()).toBe(0);
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id: rule, nodes }) => `${rule}: ${nodes[0]?.html.slice(0, 200)}`)).toEqual([]);
    await done();
  });
});
