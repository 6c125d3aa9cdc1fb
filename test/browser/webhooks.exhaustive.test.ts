import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPage } from '#test/fixtures/browser.ts';
import { startConsoleGateway } from '#test/fixtures/console-gateway.ts';
import { type FakeAdobe, startFakeAdobe } from '#test/fixtures/fake-adobe.ts';
import type { Gateway } from '#test/fixtures/gateway.ts';

let gateway: Gateway;
let receiver: FakeAdobe;
beforeAll(async () => {
  receiver = await startFakeAdobe();
  gateway = await startConsoleGateway();
});
afterAll(() => Promise.all([gateway.close(), receiver.close()]));

describe('a webhook', () => {
  it('is added, shows its secret once and what a test is answered, and gets another address', async () => {
    receiver.script('POST', '/hook', { status: 204 });
    const { page, done } = await openPage(`${gateway.url}/console/webhooks`, { expected: /status of 422/ });
    await page.getByText('There is no webhook yet.').waitFor();
    await page.getByRole('button', { name: 'Add webhook' }).click();
    await page.getByRole('textbox', { name: 'Address' }).fill('ftp://example.com');
    await page.getByRole('textbox', { name: 'Description' }).fill('typed with care');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    const address = page.getByRole('textbox', { name: 'Address' });
    await expect.poll(() => address.getAttribute('aria-invalid')).toBe('true');
    // What was typed is there after a reload.
    await page.reload();
    await page.getByRole('button', { name: 'Add webhook' }).click();
    await expect.poll(() => page.getByRole('textbox', { name: 'Description' }).inputValue()).toBe('typed with care');
    await page.getByRole('textbox', { name: 'Address' }).fill(`${receiver.url}/hook`);
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    const secret = page.getByText(/^whsec_/);
    await secret.waitFor();
    await page.getByRole('button', { name: 'I have kept it' }).click();
    await expect.poll(() => secret.count()).toBe(0);
    await page.getByRole('link', { name: `${receiver.url}/hook` }).click();
    await page.getByText('Nothing has been sent yet.').waitFor();
    await page.getByRole('button', { name: 'Send a test' }).click();
    const row = page.getByRole('row', { name: /Test/ });
    await row.getByText('Delivered').waitFor();
    await row.getByText('Status 204').waitFor();
    receiver.script('POST', '/other', { status: 204 });
    await page.getByRole('button', { name: 'Change', exact: true }).click();
    await page.getByRole('textbox', { name: 'Address' }).fill('ftp://example.com');
    await page.getByRole('button', { name: 'Save' }).click();
    await expect.poll(() => address.getAttribute('aria-invalid')).toBe('true');
    await page.getByRole('textbox', { name: 'Address' }).fill(`${receiver.url}/other`);
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { name: `${receiver.url}/other` }).waitFor();
    await page.getByText('typed with care').waitFor();
    await expect.poll(() => page.getByRole('button', { name: 'Save' }).count()).toBe(0);
    await page.getByRole('button', { name: 'Delete webhook' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Delete webhook' }).click();
    await page.getByText('There is no webhook yet.').waitFor();
    await done();
  });
});
