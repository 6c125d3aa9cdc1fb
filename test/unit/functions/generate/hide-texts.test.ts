import { expect, it } from 'vitest';
import { withoutTexts } from '#functions/generate/hide-texts.ts';

const text = 'The launch of Project Kingfisher, still under embargo';

it.each([
  ['a text', `"${text}" is not allowed.`, '"…" is not allowed.'],
  ['a text twice', `${text} and ${text}`, '… and …'],
  ['the beginning of one that was cut', `Not allowed: ${text.slice(0, 40)}`, 'Not allowed: …'],
  ['no text', 'The prompt is not allowed.', 'The prompt is not allowed.'],
  ['a text that is a word', 'The cat is not allowed.', 'The cat is not allowed.'],
])('a message with %s is told without it', (_, message, told) => {
  expect(withoutTexts(message, ['cat', text])).toBe(told);
});
