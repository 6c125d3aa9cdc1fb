/** Bodies that are long, deep, or of very many parts. */
export const largeBodies: readonly (() => string)[] = [
  () => `{"prompt":"x","style":{"presets":[${Array(20_000).fill('1').join()}]}}`,
  () => `{"sizes":[${Array(10_000).fill('{}').join()}]}`,
  () =>
    JSON.stringify({
      source: 'x',
      ...Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [index, 0])),
    }),
  () => `{"url":"https://example.com/","${'k'.repeat(8_000)}":1}`,
  () => JSON.stringify({ prompt: 'x'.repeat(110_000) }),
  () => '['.repeat(5_000) + ']'.repeat(5_000),
  () => `{"prompt":"x","j":[${Array(18_000).fill('1e20').join()}]}`,
];
