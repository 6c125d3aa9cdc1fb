import * as z from 'zod';
import { operations } from '#shared/adobe/services/registry.ts';
import type { ThumbnailWidth } from '#shared/deployment/bucket.ts';
import { foldText } from '#shared/jobs/job-filter.ts';
import type { JobQuery } from '#shared/jobs/job-list.ts';
import { maxListedPrompt } from '#shared/jobs/listing.ts';
import { once } from '#shared/once.ts';
import { jobsQuery, parameterProblem, readLabel, readLimit, readStates } from '../http/pagination.ts';
import type { ApiRequest } from '../http/request.ts';
import { readWidth, thumbnailsQuery } from './thumbnail.ts';

/** How long a text is that is searched for, in characters. */
export const maxSearchLength = 200;

const time = once(() => z.union([z.iso.date(), z.iso.datetime({ offset: true })]));

/** The query parameters of `GET /jobs`. */
export const jobListQuery = once(() =>
  z.object({
    ...jobsQuery(),
    q: z
      .string()
      .max(maxSearchLength)
      .optional()
      .meta({
        description: `Jobs whose prompts have all of these words, or parts of words, in any case, within their first ${maxListedPrompt} characters`,
      }),
    operation: z
      .enum(operations.map(({ name }) => name))
      .optional()
      .meta({ description: 'Jobs of this operation' }),
    model: z.string().max(100).optional().meta({ description: 'Jobs of this `modelVersion`' }),
    label: z
      .string()
      .optional()
      .meta({ description: 'Jobs with this label: `campaign=spring`', example: 'campaign=spring' }),
    batch: z.uuid().optional().meta({ description: 'Jobs of this batch' }),
    seed: z
      .int()
      .optional()
      .meta({ description: 'Jobs with this seed, of an output or, before there are any, of the request' }),
    favourite: z.literal('true').optional().meta({ description: 'Favourites only' }),
    from: time().optional().meta({ description: 'Jobs made at this time or later; a day begins in UTC' }),
    to: time().optional().meta({ description: 'Jobs made before this time, or by the end of this day in UTC' }),
    sort: z.enum(['newest', 'oldest']).default('newest').meta({ description: 'By the time at which they were made' }),
    changedSince: z.iso.datetime({ offset: true }).optional().meta({
      description:
        'Jobs that have changed since then, in the order of their changes; `changedUntil` of the answer is what to ask with next. Cheap enough to be asked every few seconds',
    }),
    thumbnails: thumbnailsQuery(),
  }),
);

/** What a query asks for. */
export interface JobListQuery extends Omit<JobQuery, 'caller' | 'after'> {
  /** ISO time since which jobs have changed; undefined for all jobs. */
  since?: string;
  cursor?: string;
  thumbnailWidth?: ThumbnailWidth;
  /** What makes the list another one, so that a cursor of one is refused by another. */
  list: string;
}

/**
 * Reads the query of `GET /jobs`.
 *
 * @throws {ProblemError} 400 naming the parameter that is wrong
 */
export const readJobListQuery = (query: ApiRequest['query']): JobListQuery => {
  const range = { from: readInstant('from', query['from']), to: readTo(query['to']) };
  if (range.from !== undefined && range.to !== undefined && range.from >= range.to) {
    throw parameterProblem('to', 'lies before from');
  }
  const since = readInstant('changedSince', query['changedSince']);
  const other = ['sort', 'from', 'to'].find((name) => query[name] !== undefined);
  if (since !== undefined && other !== undefined) throw parameterProblem(other, 'does not go with changedSince');
  const wanted = {
    states: readStates(query['status']),
    label: readLabel(query['label']),
    operation: readOne('operation', query['operation']),
    modelVersion: readOne('model', query['model']),
    batchId: readOne('batch', query['batch'])?.toLowerCase(),
    seed: readSeed(query['seed']),
    isFavourite: readOne('favourite', query['favourite']) === 'true',
    words: readWords(query['q']),
    ...range,
    oldestFirst: readOne('sort', query['sort']) === 'oldest',
    since,
  };
  return {
    ...wanted,
    limit: readLimit(query['limit']),
    cursor: query['cursor'],
    thumbnailWidth: readWidth(query['thumbnails'], 'thumbnails'),
    list: JSON.stringify(wanted),
  };
};

const readOne = (
  name: keyof ReturnType<typeof jobListQuery>['shape'],
  value: string | undefined,
): string | undefined => {
  if (value === undefined || jobListQuery().shape[name].safeParse(value).success) return value;
  throw parameterProblem(name, 'is not one that this list takes');
};

const readSeed = (seed: string | undefined): number | undefined => {
  if (seed === undefined) return undefined;
  const number = /^-?\d{1,16}$/.test(seed) ? Number(seed) : Number.NaN;
  if (Number.isSafeInteger(number)) return number;
  throw parameterProblem('seed', 'is not a whole number');
};

const readWords = (text: string | undefined): string[] =>
  foldText(readOne('q', text) ?? '')
    .split(/\s+/)
    .filter((word) => word !== '');

const dayMs = 86_400_000;

const readTo = (text: string | undefined): string | undefined => {
  const to = readInstant('to', text);
  return to !== undefined && z.iso.date().safeParse(text).success ? new Date(Date.parse(to) + dayMs).toISOString() : to;
};

/** A time in UTC, as the order of jobs has it. */
const readInstant = (name: 'from' | 'to' | 'changedSince', text: string | undefined): string | undefined => {
  const given = readOne(name, text);
  if (given === undefined) return undefined;
  const time = new Date(given).toISOString();
  // The order of years of other lengths is not that of their texts.
  if (/^\d{4}-/.test(time)) return time;
  throw parameterProblem(name, 'is not a time that jobs can have');
};
