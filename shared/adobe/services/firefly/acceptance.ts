import * as z from 'zod';
import type { AcceptanceShape } from '../operation.ts';
import type { AcceptedJob } from '../service.ts';

const optionalField = <Schema extends z.ZodType>(schema: Schema) => schema.optional().catch(undefined);

// The job is billed by now: nothing but a missing status URL may keep it from being followed.
const jobAnswer = z.object({
  jobId: optionalField(z.string()),
  statusUrl: z.url(),
  cancelUrl: optionalField(z.url()),
});

// Adobe documents an object with an href; bare strings have been met as well.
const linkAnswer = z.union([z.url(), z.object({ href: z.url() }).transform(({ href }) => href)]);

const linksAnswer = z
  .object({ links: z.object({ result: linkAnswer, cancel: optionalField(linkAnswer) }) })
  .transform(({ links }): AcceptedJob => ({ statusUrl: links.result, cancelUrl: links.cancel }));

const anyAnswer = z.union([jobAnswer, linksAnswer]);

/** Reads Firefly's acceptance of either family; undefined if it names no status URL. */
export const readAcceptance = (body: unknown): AcceptedJob | undefined => anyAnswer.safeParse(body).data;

// Not Adobe's: what the gateway has to say of a request that it takes.
const warnings = z.array(z.string()).optional().meta({
  description: 'What you should know though the request was taken; the record of the job has them as well',
});

/** The family of acceptances with a job id and URLs. */
export const jobAcceptance: AcceptanceShape = {
  status: 202,
  schema: z
    .object({ jobId: z.uuid(), statusUrl: z.url(), cancelUrl: z.url(), warnings })
    .meta({ id: 'AcceptedJob', description: "Adobe's answer with a job id" }),
  write: (jobId, { statusUrl, cancelUrl }) => ({ jobId, statusUrl, cancelUrl }),
};

const link = z.object({ href: z.url() });

const linksSchema = z
  .object({ links: z.object({ result: link, cancel: link }), progress: z.number(), warnings })
  .meta({ id: 'AcceptedLinks', description: "Adobe's answer with links; the job id is the end of both" });

/** The family of acceptances with links and no job id; Adobe documents 200 for some of its operations, 202 for others. */
export const linksAcceptance = (status: 200 | 202): AcceptanceShape => ({
  status,
  schema: linksSchema,
  write: (_jobId, { statusUrl, cancelUrl }) => ({
    links: { result: { href: statusUrl }, cancel: { href: cancelUrl } },
    progress: 0,
  }),
});
