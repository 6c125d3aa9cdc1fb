import * as z from 'zod';
import type { AcceptanceShape } from '../operation.ts';
import type { AcceptedJob } from '../service.ts';

const optionalText = z.string().optional().catch(undefined);

// The job is paid for by now: nothing but a missing status URL may keep it from being followed.
const jobAnswer = z.object({ jobId: optionalText, statusUrl: z.url() });

const linkAnswer = z.union([z.url(), z.object({ href: z.url() }).transform(({ href }) => href)]);

// A guide of masking shows it so.
const selfAnswer = z
  .object({ jobId: optionalText, _links: z.object({ self: linkAnswer }) })
  .transform(({ jobId, _links: { self } }): AcceptedJob => ({ jobId, statusUrl: self }));

const anyAnswer = z.union([jobAnswer, selfAnswer]);

/** Reads an acceptance of Photoshop or of the image services; undefined if it names no status URL. */
export const readAcceptance = (body: unknown): AcceptedJob | undefined => anyAnswer.safeParse(body).data;

const warnings = z.array(z.string()).optional().meta({
  description: 'What you should know though the request was taken; the record of the job has them as well',
});

/** Adobe: 202 with a job id and the URL of its status; there is no cancel call. */
export const photoshopAcceptance: AcceptanceShape = {
  status: 202,
  schema: z.object({ jobId: z.uuid(), statusUrl: z.url(), warnings }).meta({ id: 'AcceptedPhotoshopJob' }),
  write: (jobId, { statusUrl }) => ({ jobId, statusUrl }),
};
