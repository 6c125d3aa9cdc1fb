import * as z from 'zod';
import type { AcceptanceShape } from '../operation.ts';
import type { ServiceDialect } from '../service.ts';

const optional = z.url().optional().catch(undefined);

// The job is billed by now: nothing but a missing status URL may keep it from being followed.
const answer = z.object({ jobId: z.string().optional().catch(undefined), statusUrl: z.url(), cancelUrl: optional });

/** Reads Adobe's acceptance; of all jobs those of renders alone can be cancelled. */
export const readAcceptance: ServiceDialect['readAcceptance'] = (body) => answer.safeParse(body).data;

// Not Adobe's: what the gateway has to say of a request that it takes.
const warnings = z.array(z.string()).optional().meta({
  description: 'What you should know though the request was taken; the record of the job has them as well',
});

/** The acceptance of a job. */
export const acceptance: AcceptanceShape = {
  status: 202,
  schema: z.object({ jobId: z.uuid(), statusUrl: z.url(), warnings }).meta({ id: 'AcceptedAudioVideoJob' }),
  write: (jobId, { statusUrl }) => ({ jobId, statusUrl }),
};

/** The acceptance of a job that can be cancelled at Adobe. */
export const cancellableAcceptance: AcceptanceShape = {
  status: 202,
  schema: z
    .object({ jobId: z.uuid(), statusUrl: z.url(), cancelUrl: z.url(), warnings })
    .meta({ id: 'AcceptedRender' }),
  write: (jobId, { statusUrl, cancelUrl }) => ({ jobId, statusUrl, cancelUrl }),
};
