import type * as z from 'zod';
import type { OperationDefinition } from '#shared/adobe/services/operation.ts';

// A field inside a list inside a field is found in as many rounds as it is deep.
const maxRounds = 8;

/**
 * Gives the cells of a row (CSV or .xlsx) the types that the operation takes: `1024` becomes a number where it takes a number, and
 * stays a text in a prompt. What cannot be converted stays as it is, and the check of the request names it.
 */
export const coerceCellValues = (
  operation: OperationDefinition,
  texts: Record<string, unknown>,
): Record<string, unknown> => {
  const fields = structuredClone(texts);
  for (let round = 0; round < maxRounds; round += 1) {
    let converted = false;
    for (const issue of operation.body.safeParse(fields).error?.issues ?? []) {
      if (convert(fields, issue)) converted = true;
    }
    if (!converted) break;
  }
  return fields;
};

const convert = (fields: Record<string, unknown>, issue: z.core.$ZodIssue): boolean => {
  const { path } = issue;
  let parent: unknown = fields;
  for (const name of path.slice(0, -1)) parent = readMember(parent, name);
  const name = path.at(-1);
  const text = name === undefined ? undefined : readMember(parent, name);
  if (typeof text !== 'string' || name === undefined) return false;
  const value = parseText(text, issue);
  if (value === undefined) return false;
  (parent as Record<PropertyKey, unknown>)[name] = value;
  return true;
};

const readMember = (parent: unknown, name: PropertyKey): unknown =>
  typeof parent === 'object' && parent !== null && Object.hasOwn(parent, name)
    ? (parent as Record<PropertyKey, unknown>)[name]
    : undefined;

/** What a text stands for where something else is expected; undefined if it is no such thing. */
const parseText = (text: string, issue: z.core.$ZodIssue): unknown => {
  const value = parse(text);
  if (issue.code === 'invalid_value') return issue.values.find((allowed) => allowed === value);
  switch (issue.code === 'invalid_type' ? issue.expected : undefined) {
    case 'int':
    case 'number':
      return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
    case 'boolean': {
      // Spreadsheets write them in capitals.
      const flag = parse(text.toLowerCase());
      return typeof flag === 'boolean' ? flag : undefined;
    }
    case 'array':
      return Array.isArray(value) ? value : undefined;
    case 'object':
    case 'record':
      return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
    default:
      return undefined;
  }
};

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
