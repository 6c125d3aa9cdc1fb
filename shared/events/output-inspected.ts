import * as z from 'zod';
import { thumbnailKey, thumbnailWidths } from '../deployment/bucket.ts';
import { jobUrl } from '../gateway-urls.ts';
import { type EndedInspection, provenance, thumbnailStates } from '../jobs/inspection.ts';
import type { Job } from '../jobs/job.ts';
import { once } from '../once.ts';
import { type Announcer, announcer } from './announcer.ts';

/** What is told of an output once it was looked at: in `detail` of the event `Output Inspected`. */
export const outputInspected = once(() =>
  z
    .object({
      gateway: announcer(),
      jobId: z.uuid(),
      caller: z.string(),
      index: z.int().meta({ description: "The output's place in the answer of Adobe, from 0" }),
      key: z.string().meta({ description: 'Key of the output in S3' }),
      thumbnail: z.enum(thumbnailStates).meta({ description: '`made`, or why there is none' }),
      thumbnails: z.array(z.string()).meta({ description: 'Keys of the thumbnails in S3, by their widths' }),
      width: z.int().optional().meta({ description: 'Pixels' }),
      height: z.int().optional(),
      provenance: provenance().optional(),
      labels: z.record(z.string(), z.string()).optional(),
      batchId: z.uuid().optional().meta({ description: 'The batch whose line the job is' }),
      url: z.url().meta({ description: "The job's record" }),
    })
    .meta({ id: 'OutputInspected' }),
);

/** EventBridge `detail-type` of the event. */
export const outputInspectedEvent = 'Output Inspected';

/**
 * What is told of an output that was looked at.
 *
 * @param announcer the gateway whose output it is
 */
export const toOutputInspected = (
  { jobId, caller, labels, batchId }: Pick<Job, 'jobId' | 'caller' | 'labels' | 'batchId'>,
  { index, key }: { index: number; key: string },
  { thumbnail, width, height, provenance: found }: EndedInspection,
  { stackName, gatewayUrl }: Announcer,
): z.output<ReturnType<typeof outputInspected>> => ({
  gateway: stackName,
  jobId,
  caller,
  index,
  key,
  thumbnail,
  thumbnails: thumbnail === 'made' ? thumbnailWidths.map((each) => thumbnailKey({ key }, each)) : [],
  width,
  height,
  provenance: found,
  labels,
  batchId,
  url: jobUrl(gatewayUrl, jobId),
});
