import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPage } from '#test/fixtures/browser.ts';
import { startConsoleGateway } from '#test/fixtures/console-gateway.ts';
import type { Gateway } from '#test/fixtures/gateway.ts';
import { simulatorControl } from '#test/fixtures/simulator-control.ts';

let gateway: Gateway;
beforeAll(async () => {
  gateway = await startConsoleGateway({ schedules: true });
});
afterAll(() => gateway.close());

const open = (path: string, options: Parameters<typeof openPage>[1] = {}) =>
  openPage(`${gateway.url}/console${path}`, options);

const table = [
  'id,prompt,size.width,size.height',
  'kite-1,"a red kite, high up",2048,2048',
  'kite-2,<img src=x onerror=alert(1)>,2048,2048',
  'bad,a kite,1,1',
].join('\n');

const file = (name: string, text: string) => ({ name, mimeType: 'text/csv', buffer: Buffer.from(text) });

describe('a batch', () => {
  it('goes from a file to its report, moving by itself', async () => {
    const { page, done } = await open('/batches');
    await page.getByText('There is no batch yet.').waitFor();
    await page.getByRole('button', { name: 'New batch' }).click();
    const [chooser] = await Promise.all([
      page.waitForEvent('filechooser'),
      page.getByRole('button', { name: 'Choose a file' }).click(),
    ]);
    await chooser.setFiles(file('kites.csv', table));
    await page.getByRole('heading', { name: 'kites.csv' }).waitFor();
    await page.getByRole('rowheader', { name: '2' }).waitFor();
    await page.getByText('<img src=x onerror=alert(1)>').waitFor();
    await page.getByText('3 requests').waitFor();
    await page.getByLabel('Labels').fill('campaign=spring');
    await page.getByRole('button', { name: 'Send batch' }).click();
    await page.getByText('Finished').waitFor();
    await page.getByText('2 succeeded').waitFor();
    await page.getByText('1 rejected').waitFor();
    await page.getByRole('heading', { name: 'What went wrong' }).waitFor();
    await page.getByText('A retry would be rejected again').waitFor();
    await page.getByRole('region', { name: 'Lines of the batch' }).getByRole('rowheader', { name: '3' }).waitFor();
    await expect.poll(() => page.getByText('kite-1').count()).toBe(1);
    await done();
  });

  it('is dropped, and what failed of it is tried again, after which the new batch is cancelled', async () => {
    const control = simulatorControl(gateway.stack.description.ims);
    await control.addFault({ fault: 'job', outcome: 'failed' });
    const { page, done } = await open('/batches/new');
    const zone = page.getByRole('heading', { name: 'Drop a file with requests' });
    await zone.waitFor();
    const { x = 0, y = 0 } = (await zone.boundingBox()) ?? {};
    const directory = await mkdtemp(join(tmpdir(), 'batch-'));
    const dropped = join(directory, 'dropped.jsonl');
    await writeFile(dropped, '{"body":{"prompt":"a kite"}}');
    const input = await page.context().newCDPSession(page);
    for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
      const data = { items: [], files: [dropped], dragOperationsMask: 1 };
      await input.send('Input.dispatchDragEvent', { type, x: x + 5, y: y + 5, data });
    }
    await page.getByRole('heading', { name: 'dropped.jsonl' }).waitFor();
    await page.getByText(/^Good: 1 output, 1 Operations/).waitFor();
    await page.getByRole('button', { name: 'Send batch' }).click();
    await page.getByText('1 failed').waitFor();
    const first = page.url();
    await control.clearFaults();
    await gateway.call('/queue/pause', { method: 'PUT' });
    await page.getByRole('button', { name: 'Retry 1 that failed' }).click();
    await page.getByRole('link', { name: 'The batch that it tries again' }).waitFor();
    await expect.poll(() => page.url()).not.toBe(first);
    await page.getByRole('button', { name: 'Cancel batch' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Cancel batch' }).click();
    await page.getByText('1 cancelled').waitFor();
    await gateway.call('/queue/resume', { method: 'PUT' });
    await rm(directory, { recursive: true });
    await done();
  });
});
