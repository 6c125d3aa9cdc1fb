import * as z from 'zod';
import { once } from '../../../once.ts';
import { asFields, exactlyOne } from '../body-fields.ts';
import type { RuleFinding } from '../operation.ts';
import { text } from '../schema.ts';
import { localeCode, source } from './fields.ts';

/** A text to be spoken: as it stands, or in a file (Adobe: `script`). */
export const script = once(() =>
  z.strictObject({
    text: text(15, 20_000).optional(),
    source: source().optional(),
    mediaType: z.literal('text/plain'),
    localeCode: localeCode(),
  }),
);

/** Locales whose languages cannot be written in extended ASCII. */
const otherScripts = ['hi-IN', 'ja-JP', 'ko-KR', 'zh-CN'];

// Latin-1, and what Windows-1252 has besides: typographic quotes and dashes, the euro, and letters such as œ.
const extendedAscii = /^[\t\n\r\u0020-\u007e\u00a0-\u00ff€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]*$/u;

// Digits and punctuation marks such as # belong to emoji as well, but are none by themselves.
const emoji = /[\p{Extended_Pictographic}\p{Regional_Indicator}\p{Emoji_Modifier}]|\u20e3|\ufe0f/u;

/** Emoji that extended ASCII has as plain signs. */
const plainSigns = /[©®™]/gu;

/** Adobe: a script has a text or a source; texts are in extended ASCII, or in the script of their locale, without emoji. */
export const checkScript = (value: unknown): RuleFinding[] => {
  const fields = asFields(value);
  const { text: spoken, localeCode: locale } = fields;
  return [
    ...exactlyOne(fields, ['text', 'source'], ['script']),
    ...(typeof spoken === 'string' ? checkText(spoken, locale) : []),
  ];
};

const checkText = (spoken: string, locale: unknown): RuleFinding[] => {
  const refuse = (message: string) => [{ path: ['script', 'text'], message }];
  if (emoji.test(spoken.replaceAll(plainSigns, ''))) return refuse('emoji are not supported');
  return otherScripts.some((other) => other === locale) || extendedAscii.test(spoken)
    ? []
    : refuse('only ASCII and extended ASCII are supported for this locale');
};
