import * as z from 'zod';
import { once } from '../once.ts';
import { hasOutputs, type Job, type JobOutput, outputError } from './job.ts';

/** What callers are told of an output. */
export const storedOutput = once(() =>
  z.object({
    bucket: z.string(),
    key: z.string().meta({ description: 'Key of the object in S3' }),
    sha256: z.string(),
    bytes: z.int(),
    contentType: z.string(),
    seed: z.int().optional(),
  }),
);

/** An output as callers are told of it, without what else Adobe said about it. */
export const toStoredOutput = ({
  bucket,
  key,
  sha256,
  bytes,
  contentType,
  seed,
}: JobOutput): z.output<ReturnType<typeof storedOutput>> => ({ bucket, key, sha256, bytes, contentType, seed });

/** What callers are told of the outputs that a request asked for and of those that are missing. */
export const outputCounts = once(() =>
  z.object({
    requested: z.int().optional().meta({ description: 'How many outputs the request asks for' }),
    received: z.int().optional().meta({ description: 'How many outputs Adobe made' }),
    errors: z
      .array(
        outputError().extend({
          index: z.int().optional().meta({
            description: 'Its place in the answer of Adobe, from 0; absent for an output that Adobe did not return',
          }),
        }),
      )
      .optional()
      .meta({ description: 'One entry for each output that is missing' }),
  }),
);

/** What a job says of the outputs that it was asked for. */
export type OutputCounts = Pick<Job, 'requested' | 'received' | 'errors'> & Partial<Pick<Job, 'listed' | 'isAbridged'>>;

/** The same as callers are told of it. */
export const viewOutputCounts = ({
  requested,
  received,
  errors,
}: OutputCounts): z.output<ReturnType<typeof outputCounts>> => ({
  requested,
  received,
  errors,
});

/** What the caller should know of the outputs of a job that has ended. */
export const warnOfOutputs = ({
  state,
  requested = 0,
  received = 0,
  listed = received,
  errors = [],
  isAbridged,
}: OutputCounts & Pick<Job, 'state'>): string[] => {
  if (!hasOutputs(state)) return [];
  const warnings: string[] = [];
  if (listed < requested) {
    warnings.push(
      `Adobe returned ${listed} of the ${requested} outputs that were asked for. It does not say why; its content filter takes outputs out.`,
    );
  }
  const failed = listed - received;
  if (failed > 0) warnings.push(`${failed} of the ${listed} outputs could not be made by Adobe; see errors.`);
  const lost = errors.filter(({ index }) => index !== undefined).length - failed;
  if (lost > 0) {
    warnings.push(`${lost} of the ${received} outputs that Adobe returned could not be read or stored; see errors.`);
  }
  if (isAbridged === true) {
    warnings.push(
      'There is more to it than its record holds: job.json beside the outputs has all outputs, errors and the whole result.',
    );
  }
  return warnings;
};

// DynamoDB refuses items over 400 KB, EventBridge events over 1 MB. Beside these the record has a result of up to 64 KB.
const maxRecordedOutputs = { count: 200, bytes: 128 * 1024 };
const maxRecordedErrors = { count: 50, bytes: 32 * 1024 };

/** The end of a job as its record holds it: the beginning of its outputs and errors, if there are too many. */
export const abridge = <End extends Pick<Partial<Job>, 'outputs' | 'errors' | 'isAbridged'>>(end: End): End => {
  const { outputs = [], errors = [] } = end;
  const recorded = { outputs: takeFirst(outputs, maxRecordedOutputs), errors: takeFirst(errors, maxRecordedErrors) };
  const isWhole = recorded.outputs.length === outputs.length && recorded.errors.length === errors.length;
  return isWhole ? end : { ...end, ...recorded, isAbridged: true };
};

const takeFirst = <Value>(values: readonly Value[], { count, bytes }: { count: number; bytes: number }): Value[] => {
  let left = bytes;
  const tooMany = values.findIndex((value, index) => {
    left -= Buffer.byteLength(JSON.stringify(value));
    return index >= count || left < 0;
  });
  return tooMany < 0 ? [...values] : values.slice(0, tooMany);
};
