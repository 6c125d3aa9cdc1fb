import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildConsole } from '#console/build.ts';
import { startStack } from '#local/stack.ts';
import { launchChromium } from '#test/fixtures/chromium.ts';

// Pictures of the console for the documentation, from the running product: `npm run screenshots`. With `--all DIRECTORY`, every
// page in light and dark, wide and narrow.
const { values } = parseArgs({ options: { all: { type: 'string' } } });

const prompts = [
  'a lighthouse at dusk, oil on canvas',
  'a fox in the snow, soft morning light',
  'paper boats on a still lake, seen from above',
  'a reading corner with plants, editorial photograph',
  'a street market at night after rain, neon reflections',
  'an astronaut watering a small garden on the moon',
  'a bowl of lemons on linen, hard shadow',
  'mountains as layered paper cuts, warm colours',
  'a red bicycle leaning on a blue wall',
  'a cat coding, realistic illustration',
];
const sizes = [
  { width: 1024, height: 1024 },
  { width: 2304, height: 1792 },
  { width: 1792, height: 2304 },
  { width: 2688, height: 1536 },
];

const stack = await startStack({
  settings: { consoleDirectory: await buildConsole(), requestsPerMinute: 200, pollSeconds: 1 },
  simulator: { requestsPerMinute: 200, pendingMs: 0, generationMs: 0 },
});
const { gateway } = stack.description;

const post = async (body: object): Promise<string> => {
  const answer = await fetch(`${gateway}/v3/images/generate-async`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-label': 'campaign=spring' },
    body: JSON.stringify(body),
  });
  return ((await answer.json()) as { jobId: string }).jobId;
};

/** Whether every job has ended and every output has its thumbnail. */
const isReady = async (): Promise<boolean> => {
  const answer = await fetch(`${gateway}/jobs?thumbnails=512&limit=100`);
  const { jobs } = (await answer.json()) as { jobs: { finishedAt?: string; outputs: { thumbnail?: string }[] }[] };
  return jobs.every(({ finishedAt, outputs }) => finishedAt && outputs.every(({ thumbnail }) => thumbnail));
};

const jobIds: string[] = [];
for (const [index, prompt] of prompts.entries()) {
  const several = index % 3 === 0 ? { numVariations: 2 } : {};
  jobIds.push(await post({ prompt, size: sizes[index % sizes.length], ...several }));
}
const deadline = Date.now() + 120_000;
while (!(await isReady())) {
  if (Date.now() > deadline) break;
  await new Promise((resolve) => setTimeout(resolve, 500));
}

const pages = [
  { name: 'wall', path: '/console/' },
  { name: 'picture', path: `/console/jobs/${jobIds[3]}` },
  { name: 'make', path: '/console/new' },
];
const directory = values.all ?? join(import.meta.dirname, '../../docs/images');
await mkdir(directory, { recursive: true });
const looks =
  values.all === undefined
    ? [['light', 1280]]
    : [
        ['light', 1280],
        ['dark', 1280],
        ['light', 360],
        ['dark', 360],
      ];
const browser = await launchChromium();
for (const { name, path } of pages) {
  for (const [colorScheme, width] of looks) {
    const context = await browser.newContext({
      colorScheme: colorScheme === 'dark' ? 'dark' : 'light',
      viewport: { width: Number(width), height: 800 },
    });
    const page = await context.newPage();
    page.on('console', (message) => console.error(name, message.text()));
    page.on('pageerror', (error) => console.error(name, String(error)));
    await page.goto(`${gateway}${path}`);
    await page.waitForLoadState('networkidle');
    await page.waitForTimeout(500);
    const suffix = values.all === undefined ? '' : `-${colorScheme}-${width}`;
    await page.screenshot({
      ...(values.all === undefined && { type: 'jpeg' as const, quality: 82 }),
      path: join(directory, `console-${name}${suffix}.${values.all === undefined ? 'jpg' : 'png'}`),
    });
    await context.close();
  }
}
await browser.close();
await stack.close();
