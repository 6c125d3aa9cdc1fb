import * as z from 'zod';
import { once } from '../../once.ts';
import type { AcceptanceShape } from './operation.ts';
import type { AcceptedJob } from './service.ts';

// The job is billed by now: nothing but a missing status URL may keep it from being followed.
const jobAnswer = once(() =>
  z.object({
    jobId: z.string().optional().catch(undefined),
    statusUrl: z.url(),
    cancelUrl: z.url().optional().catch(undefined),
  }),
);

/** Reads the acceptance of a service that names a job and where to follow it; undefined if it names no status URL. */
export const readAcceptedJob = (body: unknown): AcceptedJob | undefined => jobAnswer().safeParse(body).data;

/** What the gateway, and not Adobe, has to say of a request that it takes. */
export const warnings = once(() =>
  z.array(z.string()).optional().meta({
    description: 'What you should know though the request was taken; the record of the job has them as well',
  }),
);

const followed = once(() => z.object({ jobId: z.uuid(), statusUrl: z.url(), warnings: warnings() }));

/** The acceptance of jobs that cannot be cancelled (Adobe: 202 with `jobId` and `statusUrl`). */
export const followedAcceptance: AcceptanceShape = {
  status: 202,
  schema: once(() =>
    followed().meta({
      id: 'FollowedJob',
      description: 'A job id and where its status is; there is no call that cancels it',
    }),
  ),
  write: (jobId, { statusUrl }) => ({ jobId, statusUrl }),
};

/** The acceptance of jobs that can be cancelled (Adobe: 202 with `cancelUrl` besides). */
export const cancellableAcceptance: AcceptanceShape = {
  status: 202,
  schema: once(() =>
    followed().extend({ cancelUrl: z.url() }).meta({ id: 'AcceptedJob', description: "Adobe's answer with a job id" }),
  ),
  write: (jobId, { statusUrl, cancelUrl }) => ({ jobId, statusUrl, cancelUrl }),
};
