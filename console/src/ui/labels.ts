const abbreviations: Readonly<Record<string, string>> = { id: 'ID', url: 'URL', xmp: 'XMP', icc: 'ICC', pdf: 'PDF' };

/** Writes the name of a field as a person would: `numVariations` as `Number of variations`, `x-model-version` as `Model version`. */
export const labelName = (name: string): string => {
  const words = name
    .replace(/^x-/, '')
    .replace(/^num(?=[A-Z])/, 'number of ')
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .split(/[\s_-]+/)
    .filter((word) => word !== '')
    .map((word) => abbreviations[word.toLowerCase()] ?? (/^[A-Z]+$/.test(word) ? word : word.toLowerCase()));
  return capitalize(words.join(' ')) || name;
};

/** Writes a value of a list: `golden_hour` as `Golden hour`; one that is no plain words, such as `image/png`, stays as it is. */
export const labelValue = (value: unknown): string => {
  const text = String(value);
  return /^[a-z][a-z0-9]*([ _][a-z0-9]+)*$/.test(text) ? capitalize(text.replaceAll('_', ' ')) : text;
};

const capitalize = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);
