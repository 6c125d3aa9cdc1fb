declare global {
  // ECMAScript 2026 (JSON.parse source text access), which Node 24 has and the types of TypeScript do not know yet.
  interface JSON {
    parse(text: string, reviver: (key: string, value: unknown, context: { source?: string }) => unknown): unknown;
    rawJSON(text: string): object;
    isRawJSON(value: unknown): boolean;
  }
}

/**
 * Parses JSON so that `JSON.stringify` writes every number as it was written: JavaScript would turn `1e20` into 21 digits and
 * lose digits of large integers. Such numbers are opaque objects ({@link isExactNumber}); the result is for passing on, not for
 * reading. The text must be valid and not deeply nested.
 */
export const parseExactly = (text: string): unknown =>
  JSON.parse(text, (_, value, { source }) =>
    typeof value === 'number' && source !== undefined && JSON.stringify(value) !== source
      ? JSON.rawJSON(source)
      : value,
  );

/** Whether a value that {@link parseExactly} returned stands for a number: it has no fields to look into. */
export const isExactNumber = (value: unknown): boolean => JSON.isRawJSON(value);
