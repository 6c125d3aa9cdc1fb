import * as z from 'zod';
import { once } from '../once.ts';

/** An output by its job and its place in the list of Adobe, from 0. */
export interface OutputOwner {
  jobId: string;
  index: number;
}

const metadata = once(() =>
  z
    .object({ 'job-id': z.uuid(), 'output-index': z.string().regex(/^\d{1,6}$/) })
    .transform((written): OutputOwner => ({ jobId: written['job-id'], index: Number(written['output-index']) })),
);

/**
 * Whose an output is, in the metadata of its object: its key tells that only where it lies in the folder of its job. Generate writes it, and
 * the event of a new object leads to it.
 */
export const outputOwner = {
  write: ({ jobId, index }: OutputOwner): Record<string, string> => ({
    'job-id': jobId,
    'output-index': String(index),
  }),
  read: (written: Readonly<Record<string, string>> = {}): OutputOwner | undefined => metadata().safeParse(written).data,
};
