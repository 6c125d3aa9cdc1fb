import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startConsole, type TestConsole } from '#test/fixtures/console.ts';
import { quick } from '#test/fixtures/gateway.ts';
import { seedJobs } from '#test/fixtures/seeded-jobs.ts';

const jobs = 10_000;
const maxLoads = 10;

let console: TestConsole;
let first: string;
beforeAll(async () => {
  console = await startConsole({ ...quick, settings: { thumbnails: true } });
  first = await console.gateway.submit({ prompt: 'a fox in the snow', size: { width: 1024, height: 1024 } });
  await console.gateway.until(first);
  await vi.waitFor(
    async () => {
      const record = await (await console.gateway.call(`/jobs/${first}?thumbnails=256`)).json();
      expect(record).toMatchObject({ outputs: [{ thumbnail: expect.any(String) }] });
    },
    { timeout: 120_000, interval: 500 },
  );
});
afterAll(() => console.close());

/** When the first picture was painted, in ms from the beginning of the navigation, as the browser tells it (Largest Contentful Paint). */
const measureFirstPicture = async (): Promise<number> => {
  const { page, done } = await console.open('/', {
    prepare: (opened) =>
      opened.addInitScript(`new PerformanceObserver((list) => {
        for (const { url, startTime } of list.getEntries()) if (url.includes('/thumbnails/')) window.firstPictureMs ??= startTime;
      }).observe({ type: 'largest-contentful-paint', buffered: true })`),
  });
  const ms = await vi.waitUntil(() => page.evaluate('window.firstPictureMs'), { timeout: 60_000, interval: 100 });
  await done();
  return Number(ms);
};

/** How long this machine takes, at this moment, for a page of a few bytes from the same gateway. */
const measureBareAnswer = async (): Promise<number> => {
  const { page, done } = await console.open('/config.json');
  const ms = Number(await page.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd"));
  await done();
  return ms;
};

const problem = (status: number, detail: string) => ({
  status,
  contentType: 'application/problem+json',
  body: JSON.stringify({ status, detail, message: detail, error_code: 'made_up', request_id: 'request-7' }),
});

describe('the wall', () => {
  it('says what kind of file an output without a thumbnail is, and how large', async () => {
    const { page, done } = await console.open('/', {
      prepare: (opened) =>
        opened.route('**/jobs?*', async (route) => {
          const response = await route.fetch();
          const {
            jobs: [job],
            ...list
          } = (await response.json()) as { jobs: { outputs: object[] }[] };
          const outputs = ['video/mp4', 'image/tiff'].map((contentType) => ({
            ...job?.outputs[0],
            contentType,
            bytes: 12_000_000,
            thumbnail: undefined,
          }));
          await route.fulfill({ response, json: { ...list, jobs: [{ ...job, outputs }] } });
        }),
    });
    const film = page.getByRole('link', { name: 'a fox in the snow, 1 of 2, Video (MP4)' });
    await film.waitFor();
    for (const text of ['▶', 'Video (MP4)', '12 MB']) await film.getByText(text, { exact: true }).waitFor();
    await page.getByRole('link', { name: 'a fox in the snow, 2 of 2, TIFF' }).waitFor();
    await done();
  });

  it('says in words that the list is refused, broken, slow or empty, and recovers', async () => {
    for (const [status, detail, words] of [
      [403, 'Your policy has no such right.', 'You may not do this: Your policy has no such right.'],
      [500, 'The gateway could not handle the request.', 'The gateway could not answer'],
    ] as const) {
      const { page, done } = await console.open('/', {
        expected: /status of (403|500)/,
        prepare: (opened) => opened.route('**/jobs?*', (route) => route.fulfill(problem(status, detail))),
      });
      await page.getByText('The pictures cannot be listed').waitFor();
      await page.getByText(words).waitFor();
      await page.getByText('request-7').waitFor();
      await page.unroute('**/jobs?*');
      await page.getByRole('button', { name: 'Try again' }).click();
      await page.getByRole('link', { name: 'a fox in the snow' }).waitFor();
      await done();
    }
    const seen = Promise.withResolvers<void>();
    const { page, done } = await console.open('/', {
      prepare: (opened) =>
        opened.route('**/jobs?*', async (route) => {
          await seen.promise;
          await route.continue();
        }),
    });
    await page.getByRole('progressbar', { name: 'Loading pictures' }).waitFor();
    seen.resolve();
    await page.getByRole('link', { name: 'a fox in the snow' }).waitFor();
    await page.getByRole('searchbox', { name: 'Words of the prompt' }).fill('nothing like it');
    await page.getByRole('heading', { name: 'Nothing fits these filters' }).waitFor();
    await expect.poll(() => new URL(page.url()).search).toBe('?q=nothing+like+it');
    await page.getByRole('link', { name: 'Show everything' }).click();
    await page.getByRole('link', { name: 'a fox in the snow' }).waitFor();
    await done();
  });

  it('shows hostile texts as the texts that they are', async () => {
    const hostile = `<img src=x onerror="document.title='taken'"><script>document.title='taken'</script>\u202e${'W'.repeat(10_000)}`;
    const { page, done } = await console.open('/', {
      viewport: { width: 360, height: 740 },
      prepare: (opened) =>
        opened.route('**/jobs?*', async (route) => {
          const answer = await route.fetch();
          const body = await answer.json();
          const [job] = body.jobs;
          const failed = { ...job, jobId: '00000000-0000-4000-8000-000000000000', status: 'failed', outputs: [] };
          body.jobs = job && [
            { ...job, prompt: hostile, labels: { [hostile]: hostile } },
            { ...failed, prompt: hostile, error: { code: hostile, message: hostile } },
          ];
          await route.fulfill({ response: answer, json: body });
        }),
    });
    await page.getByRole('link', { name: '<img src=x onerror=' }).first().waitFor();
    expect(await page.title()).toContain('Wall');
    await expect.poll(() => page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
    await done();
  });

  it('scrolls through 10,000 pictures with a bounded page and memory, by thumbnails alone', async () => {
    await seedJobs(console.gateway, first, jobs);
    const { page, context, done, requests } = await console.open('/');
    await page.getByRole('link', { name: 'picture 1', exact: true }).waitFor();
    const devtools = await context.newCDPSession(page);
    const measure = async () => {
      await devtools.send('HeapProfiler.collectGarbage');
      const { usedSize } = await devtools.send('Runtime.getHeapUsage');
      return { bytes: usedSize, elements: Number(await page.evaluate('document.querySelectorAll("*").length')) };
    };
    const before = await measure();
    const last = page.getByRole('link', { name: `picture ${jobs}`, exact: true });
    let mostElements = before.elements;
    while (!(await last.isVisible())) {
      await page.evaluate('window.scrollTo(0, document.documentElement.scrollHeight)');
      await page.waitForTimeout(100);
      mostElements = Math.max(mostElements, Number(await page.evaluate('document.querySelectorAll("*").length')));
    }
    await page.getByText('That is all.').waitFor();
    const after = await measure();
    expect(mostElements).toBeLessThan(1_500);
    expect(after.bytes - before.bytes).toBeLessThan(80_000_000);
    const { bucket } = console.gateway.stack.description;
    const files = requests.filter((request) => request.startsWith(`GET /${bucket}/`));
    expect(files.filter((file) => !file.startsWith(`GET /${bucket}/thumbnails/`))).toEqual([]);
    await done();
  });

  it('shows its first picture in under a second to a browser that has nothing of it yet', async () => {
    // What keeps the machine busy beside this test comes and goes; it shows in a bare answer before and after as well.
    const shares: number[] = [];
    do {
      const beforeMs = await measureBareAnswer();
      const firstMs = await measureFirstPicture();
      const bareMs = (beforeMs + (await measureBareAnswer())) / 2;
      shares.push(firstMs / Math.max(1_000, 25 * bareMs));
    } while (Math.min(...shares) >= 1 && shares.length < maxLoads);
    expect(Math.min(...shares)).toBeLessThan(1);
  });
});
