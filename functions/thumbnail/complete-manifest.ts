import * as z from 'zod';
import { manifestKey } from '#shared/deployment/bucket.ts';
import { GatewayError } from '#shared/errors.ts';
import { parseExactly } from '#shared/exact-json.ts';
import { findInspection, type Inspection, isInspectionOpen } from '#shared/jobs/inspection.ts';
import type { Job } from '#shared/jobs/job.ts';
import { getJob } from '#shared/jobs/job-store.ts';
import { once } from '#shared/once.ts';
import type { ThumbnailContext } from './context.ts';
import { readText, replaceJson, type StoredText } from './objects.ts';

const maxAttempts = 5;

/** Others wrote job.json each time in between. */
class ManifestBusyError extends GatewayError {
  constructor() {
    super('manifest_busy', 'job.json was written by others each time that it was to be completed.');
  }
}

// What generate wrote, as far as it is looked at; all else stays as it is.
const manifestSchema = once(() => z.object({ outputs: z.array(z.object({ index: z.number().optional() })) }));

type Manifest = z.output<ReturnType<typeof manifestSchema>>;

const isManifest = (written: unknown): written is Manifest => manifestSchema().safeParse(written).success;

/**
 * Writes into job.json what was found out about the outputs of a job, once all of them were inspected. Whoever comes last does it: the last
 * inspection if job.json is there, else the event of job.json. It is replaced only if it still is what was read; what generate
 * writes meanwhile, or an erasure deletes, stays so.
 *
 * @throws {ManifestBusyError} if that never was the case
 */
export const completeManifest = async (context: ThumbnailContext, jobId: string): Promise<void> => {
  for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
    const job = await getJob(context.table, jobId);
    if (job?.inspections === undefined) return;
    const key = manifestKey(job);
    const stored = await readText(context, key);
    const text = stored && complete(stored, job);
    if (stored === undefined || text === undefined) return;
    if (await replaceJson(context, key, text, stored.etag)) return;
  }
  throw new ManifestBusyError();
};

/** The text with the findings; undefined if it has them, or an inspection has not ended. */
const complete = ({ text }: StoredText, { inspections }: Pick<Job, 'inspections'>): string | undefined => {
  const manifest = parseExactly(text);
  if (!isManifest(manifest)) return undefined;
  const inspected = { inspections, outputs: manifest.outputs };
  if (manifest.outputs.some((_, position) => isInspectionOpen(inspected, position))) return undefined;
  const outputs = manifest.outputs.map((output, position) => ({
    ...output,
    ...describe(findInspection(inspected, position)),
  }));
  const completed = `${JSON.stringify({ ...manifest, outputs }, undefined, 2)}\n`;
  return completed === text ? undefined : completed;
};

const describe = (found: Inspection | undefined): Pick<Inspection, 'width' | 'height' | 'provenance'> =>
  found === undefined ? {} : { width: found.width, height: found.height, provenance: found.provenance };
