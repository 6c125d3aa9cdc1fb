import * as z from 'zod';
import { once } from '../../../once.ts';
import { JobListQueryError, type ServiceJobList } from '../job-list.ts';
import type { JobPhase } from '../job-progress.ts';
import { renderTemplate } from './operations/render-template.ts';

/** Adobe's words for the phases of listed jobs; it has none for a time-out. */
const words = {
  not_started: ['pending'],
  running: ['running'],
  succeeded: ['succeeded'],
  partially_succeeded: ['partially_succeeded'],
  failed: ['failed', 'timed_out'],
  canceled: ['cancelled'],
} as const satisfies Record<string, readonly JobPhase[]>;

type Word = keyof typeof words;

const isWord = (text: string): text is Word => Object.hasOwn(words, text);

const toWord = (phase: JobPhase): string =>
  Object.entries(words).find(([, phases]) => phases.some((each) => each === phase))?.[0] ?? phase;

const day = 86_400_000;
const retentionMs = 30 * day;
// What is 30 days ago when a client writes it is more when it arrives.
const leewayMs = 60_000;

const maxLimit = 100;
const usualLimit = 20;

const readLimit = (text: string | undefined): number => {
  const limit = text === undefined ? usualLimit : /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (limit >= 1 && limit <= maxLimit) return limit;
  throw new JobListQueryError('limit_out_of_range', `limit must be between 1 and ${maxLimit}.`);
};

/** Which jobs a filter lets through. */
interface Filter {
  phases?: readonly JobPhase[];
  fromMs?: number;
  toMs?: number;
}

/** Reads FIQL (Adobe): conditions on `status` and `createdDate` with semicolons between, such as `status==running`. */
const readFilter = (text: string, nowMs: number): Filter =>
  Object.assign({}, ...text.split(';').map((condition) => readCondition(condition.trim(), nowMs)));

const readCondition = (text: string, nowMs: number): Filter => {
  const [, name, operator, value = ''] = /^(status|createdDate)(==|=in=|=ge=|=gt=|=le=|=lt=)(.+)$/.exec(text) ?? [];
  if (name === 'status' && operator === '==') return { phases: readWords([value]) };
  if (name === 'status' && operator === '=in=' && /^\(.*\)$/.test(value)) {
    return { phases: readWords(value.slice(1, -1).split(',')) };
  }
  const at = name === 'createdDate' ? readTime(value, nowMs) : undefined;
  if (at === undefined)
    throw new JobListQueryError('invalid_filter', 'Invalid filter: it must be FIQL on status and createdDate.');
  if (operator === '=ge=' || operator === '=gt=') {
    if (at >= nowMs - retentionMs - leewayMs) return { fromMs: at };
    throw new JobListQueryError(
      'filter_out_of_retention',
      'createdDate filter values must fall within the 30-day retention window.',
    );
  }
  if (operator === '=le=' || operator === '=lt=') return { toMs: at };
  throw new JobListQueryError('invalid_filter', 'Invalid filter: createdDate takes =ge=, =gt=, =le= and =lt=.');
};

const readWords = (names: readonly string[]): readonly JobPhase[] =>
  names.flatMap((name) => {
    const word = name.trim();
    if (isWord(word)) return words[word];
    const known = Object.keys(words).join(', ');
    throw new JobListQueryError('invalid_status_filter', `status must be one of ${known}.`);
  });

/** Reads a time, or a duration before now such as `-P7D`; undefined if it is neither. */
const readTime = (text: string, nowMs: number): number | undefined => {
  const duration = /^-P(?=.)(?:(\d{1,3})D)?(?:T(?=.)(?:(\d{1,4})H)?(?:(\d{1,5})M)?)?$/.exec(text);
  if (duration !== null) {
    const [, days = '0', hours = '0', minutes = '0'] = duration;
    return nowMs - ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60_000;
  }
  const at = z.iso.datetime({ offset: true }).safeParse(text).success ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? undefined : at;
};

const toIso = (ms: number): string => new Date(ms).toISOString();

/** Adobe: `GET /v1/templates/render-jobs`, of which each caller gets its own. */
export const renderJobs: ServiceJobList = {
  path: '/v1/templates/render-jobs',
  title: 'Your renders of the last 30 days',
  operation: renderTemplate.name,
  query: once(() =>
    z.object({
      filter: z.string().optional().meta({
        description: 'FIQL, such as `status==running` or `createdDate=ge=-P7D;status=in=(succeeded,failed)`',
      }),
      status: z.enum(Object.keys(words)).optional(),
      limit: z.coerce.number<string>().int().min(1).max(maxLimit).default(usualLimit).optional(),
      cursor: z.string().optional().meta({ description: 'As `paging.nextUrl` of the page before has it' }),
    }),
  ),
  body: once(() =>
    z.object({
      paging: z.object({
        nextUrl: z.url().optional(),
        totalRecords: z.int().meta({ description: 'How many are on this page: the gateway does not count the others' }),
      }),
      jobs: z.array(
        z.object({
          jobId: z.uuid(),
          status: z.enum(Object.keys(words)),
          totalJobItems: z.int(),
          createdDate: z.string(),
          completedDate: z.string().optional(),
          statusUrl: z.url(),
          cancelUrl: z.url().optional(),
        }),
      ),
    }),
  ),

  readQuery: ({ limit, cursor, filter, status }, nowMs) => {
    const { phases, fromMs = nowMs - retentionMs, toMs }: Filter = filter ? readFilter(filter, nowMs) : {};
    return {
      limit: readLimit(limit),
      cursor,
      phases: status === undefined ? phases : readWords([status]),
      from: toIso(fromMs),
      to: toMs === undefined ? undefined : toIso(toMs),
    };
  },

  present: (jobs, nextUrl) => ({
    paging: { nextUrl, totalRecords: jobs.length },
    jobs: jobs.map(({ jobId, phase, requested = 1, createdAt, finishedAt, links }) => ({
      jobId,
      status: toWord(phase),
      totalJobItems: requested,
      createdDate: createdAt,
      completedDate: finishedAt,
      statusUrl: links.statusUrl,
      cancelUrl: finishedAt === undefined ? links.cancelUrl : undefined,
    })),
  }),
};
