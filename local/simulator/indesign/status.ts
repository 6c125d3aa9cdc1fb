import type { MadeOutput, ServiceJob } from '../service/definition.ts';

const words = {
  pending: 'not_started',
  running: 'running',
  succeeded: 'succeeded',
  partially_succeeded: 'partial_success',
  failed: 'failed',
  canceled: 'failed',
} as const;

/** What a job's result says besides its files. */
export interface ToldResult {
  /** Of the outputs, in their order; none of what is told about a document. */
  names: readonly string[];
  data?: Record<string, unknown>;
}

/**
 * The status body. Outputs come in pages, errors stand on each of them. A single output alternates between a list and, as the
 * specification has it, an object.
 */
export const writeStatus = (
  job: ServiceJob,
  query: URLSearchParams,
  tell: (request: ServiceJob['request']) => ToldResult,
): Record<string, unknown> => {
  const head = { jobId: job.jobId, timestamp: new Date(job.modifiedAt).toISOString(), status: words[job.phase] };
  switch (job.phase) {
    case 'pending':
      return head;
    case 'running':
      return { ...head, message: 'The job is being processed.' };
    case 'failed':
    case 'canceled': {
      const { code = 'capability_error', message = 'The job failed' } = job.error ?? {};
      return { ...head, errors: [{ error_code: code, message }] };
    }
    default:
      return { ...head, ...writeResult(job, query, tell(job.request)) };
  }
};

const writeResult = (job: ServiceJob, query: URLSearchParams, { names, data }: ToldResult): Record<string, unknown> => {
  const outputs = job.outputs.map((output, index) => ({ ...output, name: names[index] }));
  const files = outputs.filter(({ name, error }) => name !== undefined && error === undefined);
  const about = outputs.find(({ name }) => name === undefined);
  const errors = outputs.flatMap(writeError);
  const size = Math.max(1, Number(query.get('size') ?? 10));
  const page = Math.max(0, Number(query.get('page') ?? 0));
  const shown = files.slice(page * size, (page + 1) * size).map(writeOutput);
  return {
    ...(data !== undefined && { data }),
    // Adobe: up to 250 KB in the body, above that by a URL.
    ...(about !== undefined && (about.url === undefined ? { data: about.content } : { dataURL: about.url })),
    ...(files.length > 0 && { outputs: files.length === 1 && job.isOdd ? shown[0] : shown }),
    ...(errors.length > 0 && { errors }),
    ...(files.length > size && { paging: writePaging(job, { size, page, count: files.length }) }),
  };
};

type Named = MadeOutput & { name: string | undefined };

const writeOutput = ({ name, url }: Named) => ({ destination: { url }, source: name });

const writeError = ({ error, name, target }: Named) =>
  error === undefined
    ? []
    : [
        {
          error_code: error.code,
          message: error.message,
          source: name,
          ...(target.kind === 'put' && { url: target.url }),
        },
      ];

/** Adobe: its example names another host than the one that has the job. */
const pagingHost = 'https://indesign-stage.adobe.io';

const writePaging = ({ jobId }: ServiceJob, { size, page, count }: { size: number; page: number; count: number }) => {
  const toUrl = (number: number) => `${pagingHost}/v3/status/${jobId}?size=${size}&page=${number}`;
  return {
    ...(page > 0 && { prevUrl: toUrl(page - 1) }),
    ...((page + 1) * size < count && { nextUrl: toUrl(page + 1) }),
  };
};
