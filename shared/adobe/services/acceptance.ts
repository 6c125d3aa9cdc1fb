import * as z from 'zod';
import type { AcceptanceShape } from './operation.ts';
import type { AcceptedJob } from './service.ts';

const jobAnswer = z.object({ jobId: z.string().optional().catch(undefined), statusUrl: z.url() });

/** Reads the acceptance of a service that names a job and where to follow it; undefined if it names no status URL. */
export const readStatusUrl = (body: unknown): AcceptedJob | undefined => jobAnswer.safeParse(body).data;

/** The acceptance of services without a cancel call (Adobe: 202 with `jobId` and `statusUrl`). */
export const followedAcceptance: AcceptanceShape = {
  status: 202,
  schema: z
    .object({
      jobId: z.uuid(),
      statusUrl: z.url(),
      warnings: z.array(z.string()).optional().meta({
        description: 'What you should know though the request was taken; the record of the job has them as well',
      }),
    })
    .meta({ id: 'FollowedJob', description: 'A job id and where its status is; there is no call that cancels it' }),
  write: (jobId, { statusUrl }) => ({ jobId, statusUrl }),
};
