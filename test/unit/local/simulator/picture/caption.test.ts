import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeXml, wrapText } from '#local/simulator/picture/caption.ts';

describe('caption', () => {
  it('breaks lines at spaces', () => {
    expect(wrapText('a realistic illustration of a cat coding', 340, 3)).toEqual([
      'a realistic',
      'illustration of a',
      'cat coding',
    ]);
  });

  it('breaks a long word, and cuts what does not fit', () => {
    expect(wrapText('x'.repeat(50), 340, 2)).toEqual(['x'.repeat(20), `${'x'.repeat(20)}…`]);
  });

  it('keeps all the text when there are lines enough', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), fc.integer({ min: 40, max: 900 }), (text, width) => {
        const withoutSpaces = (value: string) => value.replace(/\s/g, '');
        expect(withoutSpaces(wrapText(text, width, Number.POSITIVE_INFINITY).join(''))).toBe(withoutSpaces(text));
      }),
    );
  });

  it('escapes whatever XML reserves or forbids', () => {
    expect(escapeXml(`<b>"it's"\u0000\u0008 & ok</b>`)).toBe('&#60;b&#62;&#34;it&#39;s&#34; &#38; ok&#60;/b&#62;');
    expect(escapeXml('a\ud800b')).toBe('a\ufffdb');
  });
});
