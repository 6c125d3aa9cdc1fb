import * as z from 'zod';
import { once } from '../../../once.ts';
import { readAcceptedJob } from '../acceptance.ts';
import { asFields } from '../body-fields.ts';
import { type JobPhase, type JobProgress, readSuccess } from '../job-progress.ts';
import type { ServiceDialect } from '../service.ts';
import { cutPage, findNextPage } from './status-pages.ts';

const listedError = once(() =>
  z.looseObject({
    error_code: z.union([z.string(), z.number()]).optional().catch(undefined),
    message: z.string().optional().catch(undefined),
  }),
);

const statusAnswer = once(() =>
  z.looseObject({
    status: z.string(),
    outputs: z.unknown().optional(),
    errors: z.array(listedError()).nullish().catch(undefined),
    error_code: z.union([z.string(), z.number()]).nullish().catch(undefined),
    message: z.string().nullish().catch(undefined),
  }),
);

type StatusAnswer = z.output<ReturnType<typeof statusAnswer>>;

/** InDesign's words for the phase of a job (Adobe: `GET /v3/status/{id}`); it has none for one that was cancelled or took too long. */
const words = {
  pending: 'not_started',
  running: 'running',
  succeeded: 'succeeded',
  partially_succeeded: 'partial_success',
  failed: 'failed',
  cancelled: 'failed',
  timed_out: 'failed',
} as const satisfies Record<JobPhase, string>;

/** InDesign's status body as callers see it. */
const statusSchema = once(() =>
  z
    .object({
      jobId: z.uuid(),
      status: z.enum([...new Set(Object.values(words))]),
      timestamp: z.iso.datetime(),
      outputs: z
        .array(z.looseObject({ source: z.string().optional(), destination: z.looseObject({ url: z.url() }) }))
        .optional(),
      data: z.looseObject({}).optional(),
      dataURL: z.url().optional(),
      paging: z.object({ prevUrl: z.url().optional(), nextUrl: z.url().optional() }).optional(),
      errors: z.array(z.looseObject({ error_code: z.string(), message: z.string() })).optional(),
    })
    .meta({ id: 'InDesignJobStatus' }),
);

/** A status body whose pages were joined: each of its lists may hold what every page repeats, and no page leads to another. */
const tidy = ({ paging: _, ...answer }: StatusAnswer): StatusAnswer => ({
  ...answer,
  outputs: listOutputs(answer.outputs),
  errors: answer.errors && withoutRepetitions(answer.errors, JSON.stringify),
});

/** By its name in the working folder, which it has alone; else by where it is. */
const nameOutput = (output: unknown): string | undefined => {
  const { source, destination } = asFields(output);
  if (typeof source === 'string') return source;
  const { url } = asFields(destination);
  return typeof url === 'string' ? url.replace(/[?#].*$/s, '') : undefined;
};

/** Adobe: the specification has an object, its examples a list; one output alone, or one under each name, may be meant. */
const listOutputs = (outputs: unknown): unknown => {
  if (Array.isArray(outputs)) return withoutRepetitions(outputs, nameOutput);
  if (typeof outputs !== 'object' || outputs === null) return outputs;
  if ('destination' in outputs) return [outputs];
  return Object.entries(outputs).map(([source, value]: [string, unknown]) =>
    typeof value === 'string' ? { source, destination: { url: value } } : { source, ...(value as object) },
  );
};

const withoutRepetitions = <Item>(items: readonly Item[], keyOf: (item: Item) => string | undefined): Item[] => {
  const seen = new Set<string>();
  return items.filter((item) => {
    const key = keyOf(item);
    if (key === undefined) return true;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
};

const readFailure = ({ errors, error_code, message }: StatusAnswer): JobProgress => {
  const [first] = errors ?? [];
  const others = (errors?.length ?? 0) - 1;
  const code = first?.error_code ?? error_code ?? undefined;
  const said = first?.message || message || 'Adobe ended the job as failed.';
  return {
    kind: 'failed',
    code: code === undefined ? 'failed' : String(code),
    message: others > 0 ? `${said} (and ${others} more)` : said,
  };
};

/** InDesign's answers, and the gateway's in their form. */
export const indesignDialect: ServiceDialect = {
  readAcceptance: readAcceptedJob,

  readStatus: (body, { result }) => {
    const { data } = statusAnswer().safeParse(body);
    if (data === undefined) return undefined;
    switch (data.status) {
      case words.succeeded:
        return readSuccess(result, tidy(data));
      case words.partially_succeeded:
        return readSuccess(result, tidy(data), { isPartial: true });
      case words.failed:
        return readFailure(data);
      default:
        return { kind: 'running' };
    }
  },
  nextPage: findNextPage,

  statusSchema,
  presentStatus: ({ jobId, phase, result, error, updatedAt, links, query }) => ({
    jobId,
    status: words[phase],
    timestamp: updatedAt,
    ...cutPage(result, query, links.statusUrl),
    errors: error === undefined ? result?.['errors'] : [{ error_code: error.code, message: error.message }],
  }),
  presentRefusal: ({ code, message }) => ({ error_code: code, message }),
};
