import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseWordList } from '#shared/callers/word-list.ts';

describe('parseWordList', () => {
  it.each([
    ['acme', 'a poster for ACME', true],
    ['acme', 'acmeology', false],
    ['acme', "acme's poster", true],
    ['acme', '“acme”, again', true],
    ['acme', 'un-acme-d', true],
    ['acme', 'ａｃｍｅ', true],
    ['acme', 'ac\u00adme and ac\u200bme', true],
    ['straße', 'STRASSE', true],
    ['ΟΔΟΣ', 'η οδος', true],
    ['café', 'cafe\u0301', true],
    ['café', 'cafe', false],
    ['big brand', 'a big, brand new car', true],
    ['big brand', 'a big-brand car', true],
    ['big brand', 'a big and brand new car', false],
    ['AC/DC', 'a poster of ac dc', true],
    ['ブランド', '新しいブランドの車', true],
    ['ブランド', '新しいブラ', false],
    ['# acme', 'acme', false],
    ['', 'acme', false],
    ['...', 'acme ...', false],
    ['other\r\n  acme  \r\n', 'acme', true],
  ])('%j in %j: %s', (list, text, expected) => {
    expect(parseWordList(list)(text)).toBe(expected);
  });

  const letters = fc.string({ unit: fc.constantFrom(...'abcxyzäößéñçşΣςσжщ'), minLength: 1, maxLength: 8 });
  const separator = fc.constantFrom(' ', '-', ', ', '. ', '/', '_', '\n', ' — ', '’', '…', '!?');

  it('finds a listed phrase in any case and form, between any words, whatever separates its words', () => {
    fc.assert(
      fc.property(
        fc.array(letters, { minLength: 1, maxLength: 3 }),
        fc.array(letters, { maxLength: 4 }),
        fc.array(letters, { maxLength: 4 }),
        separator,
        fc.constantFrom<(text: string) => string>(
          (text) => text,
          (text) => text.toUpperCase(),
          (text) => text.normalize('NFD'),
          (text) => text.normalize('NFKD').toUpperCase(),
        ),
        (phrase, before, after, between, change) => {
          const has = parseWordList(`# list\n${phrase.join(' ')}\n`);
          expect(has(change([...before, ...phrase, ...after].join(between)))).toBe(true);
        },
      ),
    );
  });

  it('finds no word in a longer one', () => {
    fc.assert(
      fc.property(letters, letters, (word, rest) => {
        expect(parseWordList(`${word}q`)(`${word}q${rest}`)).toBe(false);
      }),
    );
  });

  it('takes any text for a list and for a prompt', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (list, text) => {
        expect(typeof parseWordList(list)(text)).toBe('boolean');
      }),
    );
  });
});
