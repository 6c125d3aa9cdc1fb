import type * as z from 'zod';
import type { Batch } from '#shared/batches/batch.ts';
import { lineJobSchema, lineJobs } from '#shared/batches/batch-jobs.ts';
import { countedAs, type SkippedLine, skippedLines } from '#shared/batches/line-items.ts';
import { GatewayError } from '#shared/errors.ts';
import { outputUrl } from '#shared/gateway-urls.ts';
import { findInspection, isInspectionOpen, type Provenance } from '#shared/jobs/inspection.ts';
import { type FinalState, isFinal, type OutputError } from '#shared/jobs/job.ts';
import { costAttributes, viewCost } from '#shared/jobs/stored-cost.ts';
import { warnOfOutputs } from '#shared/jobs/stored-output.ts';
import { once } from '#shared/once.ts';
import type { InboxContext } from '../context.ts';
import { type BatchCounts, emptyCounts } from './recount.ts';

/** What the report says about one line of the input; its fields are those of `report.jsonl`. */
export interface ReportRow {
  /** Number of the request, from 1, blank lines not counted; none where the file as a whole was refused. */
  line?: number;
  /** The caller's own id of the line. */
  id?: string;
  jobId?: string;
  /** How its job ended; `rejected` if it could not be one; `erased` if its record is gone. */
  state: FinalState | 'rejected' | 'erased' | 'refused';
  /** S3 keys, in Adobe's order. */
  outputs: string[];
  /** Where each output is found for good: redirects to a fresh URL. */
  links: string[];
  /** Of each output, where Adobe named one. */
  seed: (number | null)[];
  error?: { code: string; message: string };
  /** How many outputs the request asked for, and how many Adobe returned; none of a job that Adobe did not finish. */
  requested?: number;
  received?: number;
  /** In Operations, once the job has ended. */
  cost?: number;
  labels?: Record<string, string>;
  /** What the content credentials of each output say; null for one in which they are not looked for. */
  provenance?: (ReportedProvenance | null)[];
  /** One entry for each output that is missing. */
  errors?: OutputError[];
  /** Where the line stands in the file: number of the line or, in a table, of the row with the header as the first. */
  row?: number;
  warnings?: string[];
  /** The caller's own columns beside the request. */
  columns?: Record<string, string>;
}

/** `pending` while it is not known yet. */
interface ReportedProvenance extends Omit<Provenance, 'state'> {
  state: Provenance['state'] | 'pending';
}

/** A job has not ended, though by the count all had. */
export class JobsStillRunningError extends GatewayError {
  constructor() {
    super('jobs_still_running', 'A job of the batch has not ended.');
  }
}

const reportedJob = once(() =>
  lineJobSchema().pick({
    jobId: true,
    lineId: true,
    outputs: true,
    errors: true,
    inspections: true,
    ...costAttributes,
    labels: true,
    row: true,
    warnings: true,
    columns: true,
  }),
);

/** What is counted while rows are made. */
export interface RowCounts {
  batch: BatchCounts;
  /** Outputs of which it is not known yet what their content credentials say. */
  pending: number;
}

/** Nothing counted yet. */
export const emptyRowCounts = (): RowCounts => ({ batch: emptyCounts(), pending: 0 });

/**
 * One row for every line of a batch, in the order of the lines.
 *
 * @param counts counts what is found
 * @throws {JobsStillRunningError} if a job has not ended
 */
export async function* reportRows(
  { table, bus: { gatewayUrl }, inspectionWaits }: InboxContext,
  { batchId, lines = 0, columns: names = [] }: Batch,
  counts: RowCounts,
): AsyncGenerator<ReportRow> {
  const skipped = skippedLines(table, batchId);
  let nextSkipped = await skipped.next();
  for await (const { first, last, jobs } of lineJobs(table, batchId, { last: lines }, reportedJob())) {
    for (let line = first; line <= last; line += 1) {
      const job = jobs.get(line);
      const skippedLine = nextSkipped.done !== true && nextSkipped.value.line === line ? nextSkipped.value : undefined;
      if (skippedLine !== undefined) nextSkipped = await skipped.next();
      if (job !== undefined) {
        const row = buildJobRow(line, job, gatewayUrl, counts.batch);
        const provenance = listProvenance(job, { isInspected: inspectionWaits !== undefined });
        counts.pending += provenance?.filter((each) => each?.state === 'pending').length ?? 0;
        const warnings = [...job.warnings, ...warnOfOutputs(job)];
        yield { ...row, provenance, ...describeOrigin({ ...job, warnings }, names) };
      } else if (skippedLine !== undefined) {
        yield { ...buildSkippedRow(skippedLine, counts.batch), ...describeOrigin(skippedLine, names) };
      } else yield { line, state: 'erased', outputs: [], links: [], seed: [] };
    }
  }
}

const buildJobRow = (
  line: number,
  found: z.output<ReturnType<typeof reportedJob>>,
  gatewayUrl: string,
  batchCounts: BatchCounts,
): ReportRow => {
  const { jobId, lineId, state, outputs = [], error, requested, received, errors } = found;
  if (!isFinal(state)) throw new JobsStillRunningError();
  batchCounts.jobs += 1;
  batchCounts.counts[state] += 1;
  return {
    line,
    id: lineId,
    jobId,
    state,
    outputs: outputs.map(({ key }) => key),
    links: outputs.map((_, index) => outputUrl(gatewayUrl, jobId, index)),
    seed: outputs.some(({ seed }) => seed !== undefined) ? outputs.map(({ seed }) => seed ?? null) : [],
    error: error && { code: error.code, message: error.message },
    requested,
    received,
    cost: viewCost(found)?.actual,
    labels: found.labels,
    errors,
  };
};

const listProvenance = (
  job: z.output<ReturnType<typeof reportedJob>>,
  { isInspected }: { isInspected: boolean },
): ReportRow['provenance'] => {
  const listed = (job.outputs ?? []).map((_, position) =>
    isInspected && isInspectionOpen(job, position)
      ? { state: 'pending' as const }
      : (findInspection(job, position)?.provenance ?? null),
  );
  return listed.every((each) => each === null) ? undefined : listed;
};

const buildSkippedRow = ({ line, id, state, error }: SkippedLine, batchCounts: BatchCounts): ReportRow => {
  batchCounts[countedAs[state]] += 1;
  return { line, id, state, outputs: [], links: [], seed: [], error };
};

const describeOrigin = (
  { row, columns, warnings = [] }: { row?: number; columns?: string[]; warnings?: string[] },
  names: readonly string[],
): Pick<ReportRow, 'row' | 'warnings' | 'columns'> => ({
  row,
  warnings: warnings.length === 0 ? undefined : warnings,
  columns: columns && Object.fromEntries(names.map((name, index) => [name, columns[index] ?? ''])),
});
