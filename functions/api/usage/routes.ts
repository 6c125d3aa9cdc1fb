import * as z from 'zod';
import { once } from '#shared/once.ts';
import { readUsage, type UsageDimension, type UsageRow, usageDimensions } from '#shared/usage/read-usage.ts';
import type { ApiContext } from '../context.ts';
import { parameterProblem } from '../http/pagination.ts';
import { type HttpResponse, jsonResponse } from '../http/problem.ts';
import type { ApiRequest } from '../http/request.ts';
import type { RouteDescription } from '../http/route-description.ts';
import type { Route } from '../http/router.ts';

const maxDays = 92;
const maxRows = 10_000;
const dayMs = 86_400_000;

const sums = once(() => ({
  jobs: z.int().meta({ description: 'Jobs that have ended' }),
  outputs: z.int().meta({ description: 'Outputs that Adobe made' }),
  cost: z.number().meta({ description: 'In Operations' }),
}));

/** What jobs cost. */
export const usageSchema = once(() =>
  z
    .object({
      from: z.iso.date(),
      to: z.iso.date(),
      unit: z.literal('operations'),
      usage: z.array(
        z.object({
          ...Object.fromEntries(usageDimensions.map((dimension) => [dimension, z.string().optional()])),
          ...sums(),
        }),
      ),
      total: z.object(sums()).optional().meta({ description: 'Of all rows; none by label, as a job may have several' }),
    })
    .meta({ id: 'Usage' }),
);

const query = once(() => ({
  from: z.iso
    .date()
    .optional()
    .meta({ description: 'UTC day on which the jobs were made; the first of this month if absent' }),
  to: z.iso
    .date()
    .optional()
    .meta({ description: `The last such day; today if absent, and ${maxDays} days after the first at most` }),
  by: z
    .array(z.enum(usageDimensions))
    .optional()
    .meta({ description: 'One row for each value of these, with commas in between; `day` if absent' }),
  format: z.enum(['json', 'csv']).optional().meta({ description: 'As `Accept: text/csv` has it' }),
}));

const description = `A job counts once it has ended, for the day on which it was made. By \`label\` a job counts for each of its
labels, and only jobs that have labels are told.`;

const describe = (summary: string, own: z.ZodRawShape = {}): RouteDescription => ({
  tag: 'Usage',
  summary,
  description,
  query: () => z.object({ ...query(), ...own }),
  answers: {
    200: { description: 'What the jobs cost', content: { 'application/json': usageSchema, 'text/csv': 'binary' } },
  },
  errors: [400],
});

/** What jobs cost: callers see their own, operators those of everybody. */
export const usageRoutes = (context: Pick<ApiContext, 'table'>): Route[] => [
  {
    method: 'GET',
    path: '/usage',
    describe: describe('What your jobs cost'),
    handle: (request) => answer(context, request, request.caller()),
  },
  {
    method: 'GET',
    path: '/usage/callers',
    for: 'operators',
    describe: {
      ...describe('What the jobs of all callers cost; for operators', {
        caller: z.string().max(1_024).optional().meta({ description: 'Of one caller only' }),
      }),
      errors: [400, 403],
    },
    handle: (request) => answer(context, request, request.query['caller']),
  },
];

const answer = async (
  { table }: Pick<ApiContext, 'table'>,
  request: ApiRequest,
  caller: string | undefined,
): Promise<HttpResponse> => {
  const { from, to } = readDays(request, table.clock.now());
  const by = readDimensions(request.query['by']);
  const isCsv = readIsCsv(request);
  const rows = await readUsage(table, { from, to, by, caller, maxRows });
  if (rows === undefined) {
    throw parameterProblem('by', `leads to more than ${maxRows} rows; ask for fewer days or by less`);
  }
  const usage = rows.map((row) => ({ ...row, cost: row.cost / 1_000 }));
  if (isCsv) return csvResponse(by, usage);
  const total = by.includes('label') ? undefined : sumUp(rows);
  return jsonResponse(200, { from, to, unit: 'operations', usage, total });
};

const sumUp = (rows: readonly UsageRow[]) => {
  const sum = (name: 'jobs' | 'outputs' | 'cost') => rows.reduce((total, row) => total + row[name], 0);
  return { jobs: sum('jobs'), outputs: sum('outputs'), cost: sum('cost') / 1_000 };
};

/** @throws {ProblemError} 400 for what is no day, or too many of them */
const readDays = ({ query: given }: ApiRequest, now: number): { from: string; to: string } => {
  const today = new Date(now).toISOString().slice(0, 10);
  const from = readDay('from', given['from'], `${today.slice(0, 7)}-01`);
  const to = readDay('to', given['to'], today);
  const days = (Date.parse(to) - Date.parse(from)) / dayMs + 1;
  if (days < 1) throw parameterProblem('to', 'lies before from');
  if (days > maxDays) throw parameterProblem('to', `is more than ${maxDays} days after from`);
  return { from, to };
};

const readDay = (name: string, given: string | undefined, otherwise: string): string => {
  if (given === undefined) return otherwise;
  if (z.iso.date().safeParse(given).success) return given;
  throw parameterProblem(name, 'is not a day such as 2026-03-01');
};

const readDimensions = (by: string | undefined): UsageDimension[] => {
  if (by === undefined) return ['day'];
  const names = by.split(',').map((name) => name.trim());
  if (names.some((name) => !usageDimensions.some((dimension) => dimension === name))) {
    throw parameterProblem('by', `names something else than ${usageDimensions.join(', ')}`);
  }
  return usageDimensions.filter((dimension) => names.includes(dimension));
};

const readIsCsv = (request: ApiRequest): boolean => {
  const format = request.query['format'];
  if (format === undefined) return /\btext\/csv\b/i.test(request.header('accept') ?? '');
  if (format === 'csv' || format === 'json') return format === 'csv';
  throw parameterProblem('format', 'is neither json nor csv');
};

const csvResponse = async (by: readonly UsageDimension[], usage: readonly UsageRow[]): Promise<HttpResponse> => {
  const { stringify } = await import('csv-stringify/sync');
  return {
    statusCode: 200,
    headers: { 'content-type': 'text/csv; charset=utf-8', 'cache-control': 'no-store' },
    body: stringify([...usage], {
      header: true,
      columns: [...by, 'jobs', 'outputs', 'cost'],
      // Spreadsheet programs take these for formulas.
      escape_formulas: true,
      record_delimiter: 'windows',
    }),
  };
};
