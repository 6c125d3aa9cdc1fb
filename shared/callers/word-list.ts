// Scripts that put no spaces between words: each character is a word, so that a phrase is found wherever it stands.
const unspaced = ['Han', 'Hiragana', 'Katakana', 'Thai', 'Lao', 'Khmer', 'Myanmar']
  .map((name) => `\\p{Script=${name}}`)
  .join('');
const word = new RegExp(`[${unspaced}]\\p{M}*|(?:(?![${unspaced}])[\\p{L}\\p{N}\\p{M}])+`, 'gu');

// Invisible: a soft hyphen or a zero-width space inside of a word does not hide it.
const ignorable = /\p{Default_Ignorable_Code_Point}/gu;

/** The same for all ways of writing a text: compatibility characters, case, invisible characters. */
const fold = (text: string): string =>
  text
    .normalize('NFKC')
    .replace(ignorable, '')
    // Upper case first, as one lower-case letter may have two upper-case ones: ß is SS.
    .toUpperCase()
    .toLowerCase()
    .replaceAll('ς', 'σ')
    .normalize('NFKC');

const readWords = (text: string): string[] => fold(text).match(word) ?? [];

/** Whether a text has a word or phrase of a list. */
export type HasListedWord = (text: string) => boolean;

/**
 * Reads a list with one word or phrase on each line; empty lines and those that begin with `#` do not count. Words are compared whole and
 * folded, and whatever stands between two words of a phrase, be it spaces or punctuation, separates them.
 */
export const parseWordList = (list: string): HasListedWord => {
  const lines = list.split(/\r\n|\r|\n/).filter((line) => !line.trimStart().startsWith('#'));
  // By the number of their words.
  const phrases = new Map<number, Set<string>>();
  for (const words of lines.map(readWords).filter(({ length }) => length > 0)) {
    const sameLength = phrases.get(words.length) ?? new Set();
    phrases.set(words.length, sameLength.add(words.join(' ')));
  }
  return (text) => {
    const words = readWords(text);
    return [...phrases].some(([length, listed]) =>
      words.some((_, start) => listed.has(words.slice(start, start + length).join(' '))),
    );
  };
};
