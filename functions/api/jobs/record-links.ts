import { isImageType } from '#shared/adobe/services/firefly/image-types.ts';
import { generateSimilar } from '#shared/adobe/services/firefly/operations/generate-similar.ts';
import { operationOf } from '#shared/adobe/services/registry.ts';
import { outputUrl } from '#shared/gateway-urls.ts';
import type { Job } from '#shared/jobs/job.ts';
import type { ApiRequest } from '../http/request.ts';
import { type JobLinks, jobLinks } from './job-links.ts';

/** A request that can be sent as it stands. */
export interface RequestLink {
  method: 'POST';
  href: string;
  headers: Record<string, string>;
  body: unknown;
}

/** Where to go from a job: its status, its outputs, and requests that go on from it. */
export interface RecordLinks extends JobLinks {
  /** One for each output, in their order; each redirects to a fresh URL. */
  outputs: string[];
  /** The same request with the seeds that it was given. */
  reuse?: RequestLink;
  /** A request for images like the first output, if that is an image that can be an input. */
  similar?: RequestLink;
}

/**
 * The links of a job's record.
 *
 * @param maxInputBytes largest input
 */
export const recordLinks = ({ baseUrl }: Pick<ApiRequest, 'baseUrl'>, job: Job, maxInputBytes: number): RecordLinks => {
  const outputs = job.outputs ?? [];
  const links: RecordLinks = {
    ...jobLinks({ baseUrl }, job.jobId),
    outputs: outputs.map((_, index) => outputUrl(baseUrl, job.jobId, index)),
  };
  if (job.state !== 'succeeded') return links;
  const [first] = outputs;
  if (first !== undefined && isImageType(first.contentType) && first.bytes <= maxInputBytes) {
    links.similar = requestLink(`${baseUrl}${generateSimilar.path}`, undefined, {
      image: { source: { url: `job:${job.jobId}/0` } },
    });
  }
  links.reuse = requestLink(`${baseUrl}${operationOf(job).path}`, job.modelVersion, withSeeds(job));
  return links;
};

const requestLink = (href: string, modelVersion: string | undefined, body: unknown): RequestLink => ({
  method: 'POST',
  href,
  headers: {
    'content-type': 'application/json',
    ...(modelVersion === undefined ? {} : { 'x-model-version': modelVersion }),
  },
  body,
});

const withSeeds = (job: Job): unknown => {
  const body = JSON.parse(job.request) as Record<string, unknown>;
  const seeds = (job.outputs ?? []).map(({ seed }) => seed).filter((seed) => seed !== undefined);
  // Results that name no seeds, such as those of the upscaler, leave the request as it was.
  return seeds.length === 0
    ? body
    : { ...body, seeds, ...('numVariations' in body && { numVariations: seeds.length }) };
};
