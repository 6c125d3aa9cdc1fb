import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startConsole, type TestConsole } from '#test/fixtures/console.ts';
import { quick } from '#test/fixtures/gateway.ts';

let console: TestConsole;
beforeAll(async () => {
  console = await startConsole({ ...quick, services: ['audio-video', 'substance'] });
});
afterAll(() => console.close());

const prompt = (page: Page) => page.getByRole('textbox', { name: /^Prompt(?! bias)/ });
const makeButton = (page: Page) => page.getByRole('button', { name: 'Make', exact: true });

const drawPicture = async (): Promise<Buffer> =>
  sharp({ create: { width: 320, height: 200, channels: 3, background: '#2a6' } })
    .png()
    .toBuffer();

describe('a picture that is an input', () => {
  it('fills a part of an uploaded picture by a mask that is painted', async () => {
    const { page, done } = await console.open('/new?operation=images/fill');
    const [chooser] = await Promise.all([
      page.waitForEvent('filechooser'),
      page.getByRole('button', { name: 'Choose a file' }).first().click(),
    ]);
    await chooser.setFiles({ name: 'green.png', mimeType: 'image/png', buffer: await drawPicture() });
    await page.getByRole('img', { name: 'Image, as chosen' }).waitFor();
    await page.getByRole('button', { name: 'Paint the mask' }).click();
    const area = page.getByRole('button', { name: /^Paint\./ });
    const box = await area.boundingBox();
    if (box === null) throw new Error('Nothing to paint on');
    await page.mouse.move(box.x + 40, box.y + 40);
    await page.mouse.down();
    await page.mouse.move(box.x + 120, box.y + 60, { steps: 4 });
    await page.mouse.up();
    await page.getByRole('button', { name: /^Paint\. 1 strokes/ }).waitFor();
    await area.focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Space');
    await page.getByRole('button', { name: /^Paint\. 2 strokes/ }).waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('button', { name: 'Use this mask' }).click();
    await page.getByRole('img', { name: 'Mask, as chosen' }).waitFor();
    await prompt(page).fill('a red door');
    await page.reload();
    await page.getByRole('img', { name: 'Mask, as chosen' }).waitFor();
    await makeButton(page).click();
    const job = page.getByRole('article', { name: 'Job: a red door' });
    await job.getByRole('img').waitFor();
    // An output is an input as well.
    await page.getByRole('button', { name: 'From what was made' }).first().click();
    await page.getByRole('dialog').getByRole('button', { name: 'a red door' }).first().click();
    await page.getByRole('img', { name: 'Image, as chosen' }).waitFor();
    await expect
      .poll(() => page.getByRole('textbox', { name: 'Address of Image' }).inputValue())
      .toMatch(/^job:[0-9a-f-]{36}\/0$/);
    await done();
  });

  it('takes a picture that is pasted', async () => {
    const { page, done } = await console.open('/new?operation=images/upscale');
    await page.getByRole('button', { name: 'Choose a file' }).waitFor();
    const bytes = [...(await drawPicture())];
    await page.evaluate(`{
      const clipboardData = new DataTransfer();
      clipboardData.items.add(new File([new Uint8Array(${JSON.stringify(bytes)})], 'pasted.png', { type: 'image/png' }));
      document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true }));
    }`);
    await page.getByRole('img', { name: 'Image, as chosen' }).waitFor();
    await done();
  });
});

describe('a value that a list of the gateway has', () => {
  it('is chosen by its name, or typed', async () => {
    const { page, done } = await console.open('/new?operation=audio-video/generate-speech');
    const voice = page.getByRole('combobox', { name: 'Voice ID' });
    await page.waitForLoadState('networkidle');
    const { voices } = (await (await console.gateway.call('/v1/voices')).json()) as { voices: { voiceId: string }[] };
    await voice.fill('John');
    await page.getByRole('option', { name: 'John' }).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    const isChosen = async () => {
      const chosen = await voice.inputValue();
      return voices.some(({ voiceId }) => voiceId === chosen);
    };
    await expect.poll(isChosen).toBe(true);
    await voice.fill('one-of-my-own');
    await page.keyboard.press('Tab');
    await expect.poll(() => page.evaluate('JSON.stringify({ ...sessionStorage })')).toContain('one-of-my-own');
    await page.reload();
    await expect.poll(() => voice.inputValue()).toBe('one-of-my-own');
    await done();
  });

  it('is typed while the list cannot be had', async () => {
    const { page, done } = await console.open('/new?operation=audio-video/generate-avatar', {
      expected: /status of 403/,
      prepare: (opened) =>
        opened.route('**/v1/avatars', (route) => route.fulfill({ status: 403, json: { detail: 'Not entitled.' } })),
    });
    await page.getByText('The list cannot be shown: You may not do this: Not entitled.').waitFor();
    await page.getByRole('combobox', { name: 'Avatar ID' }).fill('mine');
    await expect.poll(() => page.evaluate('JSON.stringify({ ...sessionStorage })')).toContain('\\"mine\\"');
    await page.reload();
    await expect.poll(() => page.getByRole('combobox', { name: 'Avatar ID' }).inputValue()).toBe('mine');
    await done();
  });

  it('has nothing to do with a file of a scene, which is dropped or named like any other', async () => {
    const { page, done } = await console.open('/new?operation=substance/describe');
    await page.getByRole('button', { name: 'Choose a file' }).waitFor();
    await page.getByRole('textbox', { name: 'Address of Sources 1' }).fill('s3://scenes/chair.glb');
    await page.reload();
    await expect
      .poll(() => page.getByRole('textbox', { name: 'Address of Sources 1' }).inputValue())
      .toBe('s3://scenes/chair.glb');
    await done();
  });
});
