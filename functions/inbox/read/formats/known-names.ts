import * as z from 'zod';
import { findOperation, operations, serviceOf } from '#shared/adobe/services/registry.ts';

/** Fields of a line that stand beside its body. */
export const lineFields = ['operation', 'id', 'priority', 'modelVersion', 'name', 'labels'] as const;

/** What the name of a column stands for: a field of the line, a field of the body by its path, or nothing that Adobe or the gateway knows. */
export type ColumnName =
  | { kind: 'line'; field: (typeof lineFields)[number] }
  /** One label, such as `label:campaign`. */
  | { kind: 'label'; label: string }
  | { kind: 'body'; path: string[]; isPrefixed: boolean }
  | { kind: 'own' };

const bodyPrefix = 'body.';
const labelPrefix = 'label:';

const topFields = new Set(operations.flatMap(({ body }) => Object.keys(body.shape)));

/**
 * Whether a field at the top of a body is one that only other services know than that of a line's operation: a table may hold lines for
 * several, and to this one the column says nothing.
 *
 * @param operation name of the line's operation
 */
export const isForeign = (field: string, operation: string): boolean => {
  const known = findOperation(operation);
  if (known === undefined || !topFields.has(field)) return false;
  return serviceOf(known).operations.every(({ body }) => !Object.hasOwn(body.shape, field));
};

/** Names of fields at any depth, in lower case, with how they are written. */
const knownNames = new Map<string, string>();

// A layer of an image may hold layers.
const seen = new Set<z.ZodType>();

const addNames = (schema: z.ZodType): void => {
  if (seen.has(schema)) return;
  seen.add(schema);
  const fields = schema instanceof z.ZodObject ? Object.entries(schema.shape) : [];
  for (const [name, field] of fields) {
    if (!knownNames.has(name.toLowerCase())) knownNames.set(name.toLowerCase(), name);
    addNames(field);
  }
  for (const part of Object.values(schema.def).flat()) if (part instanceof z.ZodType) addNames(part);
};

for (const { body } of operations) addNames(body);

/**
 * Reads the name of a column, whose capitals do not matter where the name is known. With `body.` in front it is a field of the body
 * whether an operation knows it or not, so that fields which Adobe adds can be used at once.
 */
export const readColumnName = (name: string): ColumnName => {
  const field = lineFields.find((one) => one.toLowerCase() === name.toLowerCase());
  if (field !== undefined) return { kind: 'line', field };
  if (name.slice(0, labelPrefix.length).toLowerCase() === labelPrefix) {
    return { kind: 'label', label: name.slice(labelPrefix.length) };
  }
  const isPrefixed = name.slice(0, bodyPrefix.length).toLowerCase() === bodyPrefix;
  const path = (isPrefixed ? name.slice(bodyPrefix.length) : name).split('.').map(writeKnownName);
  return isPrefixed || topFields.has(path[0] ?? '') ? { kind: 'body', path, isPrefixed } : { kind: 'own' };
};

const writeKnownName = (part: string): string => {
  const name = part.trim();
  return topFields.has(name) ? name : (knownNames.get(name.toLowerCase()) ?? name);
};

/** Whether a row of names can be a header: one of them is a field that an operation takes. */
export const isHeader = (names: readonly string[]): boolean =>
  names.some((name) => {
    const known = readColumnName(name.trim());
    return known.kind === 'body' && topFields.has(known.path[0] ?? '');
  });

/** How many of the names are known. */
export const countKnown = (names: readonly string[]): number =>
  names.filter((name) => readColumnName(name.trim()).kind !== 'own').length;
