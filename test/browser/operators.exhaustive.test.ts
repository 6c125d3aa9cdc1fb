import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPage } from '#test/fixtures/browser.ts';
import { startConsoleGateway } from '#test/fixtures/console-gateway.ts';
import type { Gateway } from '#test/fixtures/gateway.ts';

let gateway: Gateway;
beforeAll(async () => {
  gateway = await startConsoleGateway();
  await gateway.until(await gateway.submit({ prompt: 'a fox' }, { 'x-label': 'campaign=spring' }));
});
afterAll(() => gateway.close());

const open = (path: string, options: Parameters<typeof openPage>[1] = {}) =>
  openPage(`${gateway.url}/console/operators${path}`, options);

describe('an operator', () => {
  it('pauses the queue with a reason, and resumes it', async () => {
    const { page, done } = await open('');
    await page.getByRole('region', { name: 'Lane firefly' }).waitFor();
    await page.getByLabel('Reason for a pause').fill('a new contract');
    await page.getByRole('button', { name: 'Pause the queue' }).click();
    await page.getByText('a new contract').first().waitFor();
    const jobId = await gateway.submit({ prompt: 'waits' });
    await page.getByText(/^1 \(0 high, 1 normal, 0 low\)$/).waitFor();
    await page.getByRole('button', { name: 'Resume the queue' }).click();
    await page.getByRole('button', { name: 'Pause the queue' }).waitFor();
    await gateway.until(jobId);
    await done();
    const audit = await open('/audit');
    await audit.page.getByText('queue paused').first().waitFor();
    await audit.page.getByText('queue resumed').first().waitFor();
    await audit.done();
  });

  it('does so by the keyboard alone', async () => {
    const { page, done } = await open('');
    const tabTo = async (name: string) => {
      const wanted = page.getByRole('button', { name }).or(page.getByRole('textbox', { name })).first();
      await wanted.waitFor();
      for (let step = 0; step < 40; step += 1) {
        await page.keyboard.press('Tab');
        if (await wanted.evaluate((element) => element.matches(':focus'))) return;
      }
      throw new Error(`The Tab key never gets to ${name}.`);
    };
    await tabTo('Reason for a pause');
    await page.keyboard.type('by keys');
    await page.keyboard.press('Enter');
    await page.getByText('by keys').first().waitFor();
    await tabTo('Resume the queue');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Pause the queue' }).waitFor();
    await done();
  });

  it('adds a caller, whose secret works, gives it another one, pauses it and removes it', async () => {
    const { page, done } = await open('/callers', { expected: /status of 422/ });
    await page.getByRole('button', { name: 'Add caller' }).click();
    await page.getByRole('textbox', { name: 'Name' }).fill('campaigns');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    const values = page.getByRole('definition').locator('code');
    await values.first().waitFor();
    const [clientId = '', clientSecret = ''] = await values.allTextContents();
    const token = await fetch(`${gateway.url}/ims/token/v3`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: clientId,
        client_secret: clientSecret,
        scope: 'openid,AdobeID,firefly_api',
      }),
    });
    expect(token.status).toBe(200);
    await page.getByRole('button', { name: 'I have kept it' }).click();
    await page.getByRole('link', { name: 'campaigns' }).click();
    await page.getByRole('button', { name: 'Add a secret' }).click();
    await page.getByRole('button', { name: 'I have kept it' }).click();
    await page.getByRole('button', { name: 'Remove secret' }).nth(1).waitFor();
    await page.getByRole('button', { name: 'Remove secret' }).first().click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Remove secret' }).click();
    await page.getByRole('alertdialog').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Add a secret' }).waitFor();
    await page.getByLabel('Reason for a pause').fill('spends too much');
    await page.getByRole('button', { name: 'Pause this caller' }).click();
    await page.getByText('spends too much').waitFor();
    await page.getByRole('button', { name: 'Resume this caller' }).click();
    await page.getByRole('button', { name: 'Pause this caller' }).waitFor();
    await page.getByRole('button', { name: 'Remove caller' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Remove caller' }).click();
    await page.getByRole('button', { name: 'Add caller' }).waitFor();
    await page.getByRole('link', { name: 'campaigns' }).waitFor({ state: 'detached' });
    await done();
  });

  it('erases everything of a caller, once the name is typed twice and the question answered', async () => {
    const { page, requests, done } = await open('/erasures?caller=gone%2Fcaller');
    const erase = page.getByRole('button', { name: 'Erase everything' });
    await expect.poll(() => page.getByRole('textbox', { name: 'Caller' }).inputValue()).toBe('gone/caller');
    await page.getByText('Nothing was erased.').waitFor();
    await page.getByRole('textbox', { name: 'The same name once more' }).fill('gone/other');
    await page.getByText('This is another name.').waitFor();
    await expect.poll(() => erase.isDisabled()).toBe(true);
    await page.getByRole('textbox', { name: 'The same name once more' }).fill('gone/caller');
    await erase.click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Leave it' }).click();
    await page.getByRole('alertdialog').waitFor({ state: 'detached' });
    await page.getByText('Nothing was erased.').waitFor();
    await erase.click();
    // Pressed twice, it is answered once.
    await page
      .getByRole('alertdialog')
      .getByRole('button', { name: 'Erase everything' })
      .evaluate((button: { click(): void }) => {
        button.click();
        button.click();
      });
    await page
      .getByRole('region', { name: 'Erasures' })
      .getByText(/Being erased|Erased/)
      .waitFor();
    expect(requests.filter((request) => request === 'POST /erasures')).toHaveLength(1);
    await done();
    const audit = await open('/audit');
    await audit.page.getByText('caller erased').first().waitFor();
    await audit.done();
  });

  it('reads what jobs cost, and saves it', async () => {
    const { page, done } = await open('/usage');
    await page.getByRole('region', { name: 'Usage by day' }).getByRole('rowheader').first().waitFor();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Export CSV' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('usage-by-day.csv');
    await page.getByRole('button', { name: /By/ }).click();
    await page.getByRole('option', { name: 'Label' }).click();
    await page.getByRole('region', { name: 'Usage by label' }).getByText('campaign=spring').waitFor();
    expect(page.url()).toContain('by=label');
    await done();
  });

  it('sees the age of the token, what is on, and what alarms mean', async () => {
    const { page, done } = await open('/health');
    await page.getByText(/^ok, .* left$/).waitFor();
    await page.getByRole('rowheader', { name: 'Firefly' }).waitFor();
    await page.getByRole('rowheader', { name: 'foreign-secret-found' }).waitFor();
    await done();
  });
});
