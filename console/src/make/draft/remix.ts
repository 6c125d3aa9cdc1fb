import type { Body } from '../form/body.ts';
import { isObject } from '../form/body.ts';
import type { Operation } from '../schema/operations.ts';
import type { Draft } from './draft.ts';

/** What a job says of its request. */
export interface RemixedJob {
  operation: string;
  modelVersion?: string;
  request?: unknown;
  links: { reuse?: { body?: unknown; headers: Readonly<Record<string, string>> } };
}

// Adobe's name for it in every operation that has seeds.
const seedsField = 'seeds';

/**
 * The request of a job as a draft.
 *
 * @param withSeeds whether the seeds of its outputs come along, which steer towards them; without them something new is made
 */
export const buildRemix = (job: RemixedJob, { modelHeader }: Operation, withSeeds: boolean): Draft => {
  const { reuse } = job.links;
  const whole = withSeeds ? (reuse?.body ?? job.request) : job.request;
  const body: Body = isObject(whole) ? whole : {};
  const { [seedsField]: _seeds, ...seedless } = body;
  const model = job.modelVersion;
  return {
    body: withSeeds ? body : seedless,
    headers: modelHeader !== undefined && model !== undefined ? { [modelHeader]: model } : {},
  };
};
