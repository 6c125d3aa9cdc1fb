import { createHash } from 'node:crypto';

/** SHA-256 in hex of what makes two requests the same: operation, model version and body, whatever the order of fields. */
export const requestHashOf = (operation: string, modelVersion: string | undefined, body: unknown): string =>
  createHash('sha256')
    .update(JSON.stringify([operation, modelVersion ?? null, canonical(body)]))
    .digest('hex');

// Pairs instead of objects: a key such as __proto__ or 1 would not keep its place in an object.
const canonical = (value: unknown): unknown => {
  if (Array.isArray(value)) return ['list', value.map(canonical)];
  if (typeof value !== 'object' || value === null) return value;
  const pairs = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return ['fields', pairs.map(([name, field]) => [name, canonical(field)])];
};
