import { describe, expect, it } from 'vitest';
import { buildConsole } from '#console/build.ts';
import { openPage } from '#test/fixtures/browser.ts';
import { startGateway, withoutPictures } from '#test/fixtures/gateway.ts';

describe('the console', () => {
  it('is at / and shows the wall with what was made, simulated', async () => {
    const gateway = await startGateway({
      ...withoutPictures,
      settings: { ...withoutPictures.settings, consoleDirectory: await buildConsole() },
    });
    const jobId = await gateway.submit({ prompt: 'a fox in the snow' });
    await gateway.until(jobId);
    const { page, done } = await openPage(gateway.url);
    await page.getByRole('link', { name: 'Wall' }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/console/');
    await page.getByText('Simulated pictures').waitFor();
    await page.getByRole('listitem').getByRole('link').first().waitFor();
    expect(await page.title()).toContain('Wall');
    await done();
    await gateway.close();
  });
});
