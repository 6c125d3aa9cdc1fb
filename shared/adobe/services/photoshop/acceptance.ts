import * as z from 'zod';
import { once } from '../../../once.ts';
import { readAcceptedJob } from '../acceptance.ts';
import type { AcceptedJob } from '../service.ts';

const linkAnswer = once(() => z.union([z.url(), z.object({ href: z.url() }).transform(({ href }) => href)]));

// A guide of masking shows it so.
const selfAnswer = once(() =>
  z
    .object({ jobId: z.string().optional().catch(undefined), _links: z.object({ self: linkAnswer() }) })
    .transform(({ jobId, _links: { self } }): AcceptedJob => ({ jobId, statusUrl: self })),
);

/** Reads an acceptance of Photoshop or of the image services; undefined if it names no status URL. */
export const readAcceptance = (body: unknown): AcceptedJob | undefined =>
  readAcceptedJob(body) ?? selfAnswer().safeParse(body).data;
