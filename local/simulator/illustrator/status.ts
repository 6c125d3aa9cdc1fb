import type { ServiceJob } from '../service/definition.ts';

/** How many rows are worked on at once; if one of them fails, all of them are to be sent again. */
const rowsOfChunk = 67;

const toRange = (row: number) => {
  const start = row - ((row - 1) % rowsOfChunk);
  return { rowRange: { start, end: start + rowsOfChunk - 1 } };
};

/**
 * The status body. Illustrator says `running` from the start, with the wait as a field of the body.
 *
 * @param hasRows whether each output belongs to a row of the data
 */
export const writeStatus = (job: ServiceJob, hasRows: boolean): Record<string, unknown> => {
  const { jobId, phase, outputs, error } = job;
  switch (phase) {
    case 'pending':
    case 'running':
      return { jobId, status: 'running', 'Retry-After': '1' };
    case 'failed':
    case 'canceled':
      return { jobId, status: 'failed', error_code: error?.code ?? 'runtime_error', message: error?.message ?? '' };
    default: {
      const made = outputs.map((output, index) => ({ ...output, row: index + 1 }));
      const failed = made.flatMap(({ row, error: reason }) => (reason === undefined ? [] : [{ row, ...reason }]));
      return {
        jobId,
        status: phase,
        outputs: made
          .filter(({ error: reason }) => reason === undefined)
          .map(({ row, url, mediaType }) => ({ ...(hasRows && { row }), destination: { url }, mediaType })),
        ...(phase === 'partially_succeeded' && {
          errors: failed.map(({ row, code, message }) => ({ row, error_code: code, message })),
          needsRerun: [...new Map(failed.map(({ row }) => [toRange(row).rowRange.start, toRange(row)])).values()],
        }),
      };
    }
  }
};
