import { describe, expect, it } from 'vitest';
import { buildConsole } from '#console/build.ts';
import { openPage } from '#test/fixtures/browser.ts';
import { startGateway, withoutPictures } from '#test/fixtures/gateway.ts';

describe('the console', () => {
  it('is at / and shows what was made, and what is made meanwhile by itself', async () => {
    const gateway = await startGateway({
      ...withoutPictures,
      settings: { ...withoutPictures.settings, consoleDirectory: await buildConsole() },
    });
    const jobId = await gateway.submit({ prompt: 'a fox in the snow' });
    await gateway.until(jobId);
    const { s3 } = gateway.stack.description;
    const { page, done } = await openPage(gateway.url, { origins: [new URL(s3).origin] });
    expect(new URL(page.url()).pathname).toBe('/console/');
    await page.getByText('Simulated pictures').waitFor();
    await page.getByRole('link', { name: 'a fox in the snow' }).click();
    await page.getByRole('heading', { name: 'a fox in the snow' }).waitFor();
    await page.getByRole('link', { name: 'Wall' }).click();
    // Made while somebody looks on.
    await gateway.submit({ prompt: 'a boat on a lake' });
    await page.getByRole('link', { name: 'a boat on a lake' }).waitFor();
    await expect.poll(() => page.title()).toContain('Wall');
    await done();
    await gateway.close();
  });
});
