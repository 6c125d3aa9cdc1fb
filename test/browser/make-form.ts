import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';

/** The field for the prompt. */
export const prompt = (page: Page) => page.getByRole('textbox', { name: /^Prompt(?! bias)/ });

/** The button that sends the request. */
export const makeButton = (page: Page) => page.getByRole('button', { name: 'Make', exact: true });

/** Chooses by the keyboard: the pointer may miss what moves while the rest of a page arrives. */
export const choose = async (radio: Locator): Promise<void> => {
  await radio.press('Space');
  await expect.poll(() => radio.isChecked()).toBe(true);
};
