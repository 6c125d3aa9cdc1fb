import * as z from 'zod';
import { once } from '../../../once.ts';
import { readAcceptedJob, warnings } from '../acceptance.ts';
import type { AcceptanceShape } from '../operation.ts';
import type { AcceptedJob } from '../service.ts';

// Adobe documents an object with an href; bare strings have been met as well.
const linkAnswer = once(() => z.union([z.url(), z.object({ href: z.url() }).transform(({ href }) => href)]));

const linksAnswer = once(() =>
  z
    .object({ links: z.object({ result: linkAnswer(), cancel: linkAnswer().optional().catch(undefined) }) })
    .transform(({ links }): AcceptedJob => ({ statusUrl: links.result, cancelUrl: links.cancel })),
);

/** Reads Firefly's acceptance, with a job id and URLs or with links; undefined if it names no status URL. */
export const readAcceptance = (body: unknown): AcceptedJob | undefined =>
  readAcceptedJob(body) ?? linksAnswer().safeParse(body).data;

const link = once(() => z.object({ href: z.url() }));

const linksSchema = once(() =>
  z
    .object({ links: z.object({ result: link(), cancel: link() }), progress: z.number(), warnings: warnings() })
    .meta({ id: 'AcceptedLinks', description: "Adobe's answer with links; the job id is the end of both" }),
);

/** Acceptances with links and no job id; Adobe documents 200 for some of its operations, 202 for others. */
export const linksAcceptance = (status: 200 | 202): AcceptanceShape => ({
  status,
  schema: linksSchema,
  write: (_jobId, { statusUrl, cancelUrl }) => ({
    links: { result: { href: statusUrl }, cancel: { href: cancelUrl } },
    progress: 0,
  }),
});
