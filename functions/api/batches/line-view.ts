import * as z from 'zod';
import { jobError, jobStates } from '#shared/jobs/job.ts';
import { once } from '#shared/once.ts';
import { nextCursor } from '../http/pagination.ts';

/** What a line can have become: a job in some state, or none. */
export const lineStates = [...jobStates, 'rejected'] as const;

/** What a line has become. */
export type LineState = (typeof lineStates)[number];

/** What became of one line of a batch. */
export const batchLine = once(() =>
  z
    .object({
      line: z.int().meta({ description: 'Number of the request, from 1, blank lines not counted' }),
      row: z.int().optional().meta({ description: 'Where it stands in the file' }),
      id: z.string().optional().meta({ description: 'Your own id of the line' }),
      status: z.enum(lineStates),
      jobId: z.uuid().optional().meta({ description: 'None of a line that never became a job' }),
      outputs: z.int().meta({ description: 'How many there are' }),
      cost: z.number().optional().meta({ description: 'In Operations, once the job has ended' }),
      error: jobError().optional(),
      warnings: z.array(z.string()).optional(),
    })
    .meta({ id: 'BatchLineState' }),
);

/** One page of lines. */
export const batchLinesPage = once(() =>
  z
    .object({
      lines: z.array(batchLine()),
      searchedTo: z.int().meta({ description: 'Number of the last line that was looked at' }),
      cursor: nextCursor(),
    })
    .meta({ id: 'BatchLinesPage' }),
);
