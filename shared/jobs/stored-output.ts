import * as z from 'zod';
import { type Job, type JobOutput, outputError } from './job.ts';

/** What callers are told of an output. */
export const storedOutput = z.object({
  bucket: z.string(),
  key: z.string().meta({ description: 'Key of the object in S3' }),
  sha256: z.string(),
  bytes: z.int(),
  contentType: z.string(),
  seed: z.int().optional(),
});

/** An output as callers are told of it, without what else Adobe said about it. */
export const toStoredOutput = ({
  bucket,
  key,
  sha256,
  bytes,
  contentType,
  seed,
}: JobOutput): z.output<typeof storedOutput> => ({ bucket, key, sha256, bytes, contentType, seed });

/** The places of stored outputs in Adobe's list, from 0: those that are missing leave gaps. */
export const findPlaces = ({ outputs = [], errors = [] }: Pick<Job, 'outputs' | 'errors'>): number[] => {
  const gaps = new Set(errors.map(({ index }) => index));
  const places: number[] = [];
  for (let index = 0; places.length < outputs.length; index += 1) {
    if (!gaps.has(index)) places.push(index);
  }
  return places;
};

/** What callers are told of the outputs that a request asked for and of those that are missing. */
export const outputCounts = z.object({
  requested: z.int().optional().meta({ description: 'How many outputs the request asks for' }),
  received: z.int().optional().meta({ description: 'How many outputs Adobe returned' }),
  errors: z
    .array(
      outputError.extend({
        index: z.int().optional().meta({
          description: 'Its place in the answer of Adobe, from 0; absent for an output that Adobe did not return',
        }),
      }),
    )
    .optional()
    .meta({ description: 'One entry for each output that is missing' }),
});

/** What a job says of the outputs that it was asked for. */
export type OutputCounts = Pick<Job, 'requested' | 'received' | 'errors'>;

/** The same as callers are told of it. */
export const viewOutputCounts = ({ requested, received, errors }: OutputCounts): z.output<typeof outputCounts> => ({
  requested,
  received,
  errors,
});

/** What the caller should know of a job that ended with some of its outputs. */
export const warnOfMissingOutputs = ({
  state,
  requested = 0,
  received = 0,
  errors = [],
}: OutputCounts & Pick<Job, 'state'>): string[] => {
  if (state !== 'partially_succeeded') return [];
  const warnings: string[] = [];
  if (received < requested) {
    warnings.push(
      `Adobe returned ${received} of the ${requested} outputs that were asked for. It does not say why; its content filter takes outputs out.`,
    );
  }
  const lost = errors.filter(({ index }) => index !== undefined).length;
  if (lost > 0)
    warnings.push(`${lost} of the ${received} outputs that Adobe returned could not be read or stored; see errors.`);
  return warnings;
};
