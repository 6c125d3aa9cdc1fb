import { createHash } from 'node:crypto';
import * as z from 'zod';
import { shortenName } from '#shared/adobe/services/body-texts.ts';
import { type JobState, jobStates } from '#shared/jobs/job.ts';
import { once } from '#shared/once.ts';
import { parseLabel } from '#shared/requests/labels.ts';
import { ProblemError } from './problem.ts';

const defaultPageSize = 20;
const maxPageSize = 100;
// Those that are given out have some 140.
const maxCursorLength = 256;

/** The query parameters of a list that is given out in pages. */
export const pageQuery = once(() => ({
  limit: z.int().min(1).max(maxPageSize).default(defaultPageSize),
  cursor: z.string().max(maxCursorLength).optional().meta({ description: 'The `cursor` of the page before' }),
}));

/** The query parameters of a list of jobs. */
export const jobsQuery = once(() => ({
  status: z
    .array(z.enum(jobStates))
    .optional()
    .meta({ description: 'Jobs in these states: several times, or several with commas between' }),
  ...pageQuery(),
}));

/** The field of a page that leads to the next one. */
export const nextCursor = once(() =>
  z.string().optional().meta({ description: 'Where the next page begins; none on the last one' }),
);

const cursorContent = once(() =>
  z.strictObject({
    list: z.string(),
    before: z.string().regex(/^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z#[0-9a-f-]{36}|\d{1,9})$/),
  }),
);

/** Identifies the list that a cursor belongs to, without repeating what the list was made of. */
const fingerprint = (list: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(list)).digest('base64url').slice(0, 16);

/**
 * Makes an opaque cursor.
 *
 * @param before where the next page starts: see `JobPage.next`, or the number of a batch's line
 * @param list what the list was made of: a cursor of one list is refused for another
 */
export const encodeCursor = (before: string, list: readonly string[]): string =>
  Buffer.from(JSON.stringify({ list: fingerprint(list), before })).toString('base64url');

/**
 * Reads a cursor that {@link encodeCursor} made for the same list. It is not signed: a forged one only moves within a
 * list that is the caller's anyway.
 *
 * @throws {ProblemError} 400 if it is malformed, or of another list
 */
export const decodeCursor = (cursor: string, list: readonly string[]): string => {
  const isShort = cursor.length <= maxCursorLength;
  const content = cursorContent().safeParse(isShort ? parse(Buffer.from(cursor, 'base64url').toString()) : undefined);
  if (!content.success || encodeCursor(content.data.before, list) !== cursor) {
    throw parameterProblem('cursor', 'is not one that this list has given out');
  }
  return content.data.before;
};

/**
 * Reads the page size.
 *
 * @throws {ProblemError} 400 if it is not a whole number from 1 to 100
 */
export const readLimit = (limit: string | undefined): number => {
  if (limit === undefined) return defaultPageSize;
  const value = /^\d{1,3}$/.test(limit) ? Number(limit) : 0;
  if (value >= 1 && value <= maxPageSize) return value;
  throw parameterProblem('limit', `is not a whole number from 1 to ${maxPageSize}`);
};

/**
 * Reads the states that a list of jobs is limited to. API Gateway joins a parameter that stands several times with commas.
 *
 * @returns each once, always in the same order; undefined for all
 * @throws {ProblemError} 400 naming what is no state
 */
export const readStates = (status: string | undefined): JobState[] | undefined => {
  if (status === undefined) return undefined;
  const names = status.split(',').map((name) => name.trim());
  const unknown = names.find((name) => !jobStates.some((state) => state === name));
  if (unknown === undefined) return jobStates.filter((state) => names.includes(state));
  throw parameterProblem('status', `names "${shortenName(unknown)}", which is not one of ${jobStates.join(', ')}`);
};

/**
 * Reads the label that a list of jobs is limited to.
 *
 * @throws {ProblemError} 400 if it is not one label
 */
export const readLabel = (label: string | undefined): { name: string; value: string } | undefined => {
  if (label === undefined) return undefined;
  const parsed = parseLabel(label);
  if (parsed !== undefined) return parsed;
  throw parameterProblem('label', 'is not one label such as campaign=spring');
};

/** The answer to a query parameter that is wrong. */
export const parameterProblem = (name: string, problem: string): ProblemError =>
  new ProblemError(400, 'bad_request', `The parameter ${name} ${problem}.`, {
    validationErrors: [{ loc: ['query', name], msg: `value ${problem}`, type: 'value_error' }],
  });

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
