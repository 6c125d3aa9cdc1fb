import { setTimeout as delay } from 'node:timers/promises';
import ky, { HTTPError } from 'ky';
import * as z from 'zod';
import { isFinal, jobStates } from '#shared/jobs/job.ts';

const outputSchema = z.object({
  bucket: z.string(),
  key: z.string(),
  sha256: z.string(),
  bytes: z.number(),
  contentType: z.string(),
});

const recordSchema = z.object({
  jobId: z.string(),
  status: z.enum(jobStates),
  queuePosition: z.number().optional(),
  error: z.object({ code: z.string(), message: z.string() }).optional(),
  outputs: z.array(outputSchema).default([]),
});

const statusSchema = z.object({
  result: z.object({ outputs: z.array(z.object({ image: z.object({ url: z.url() }) })) }).optional(),
});

/** How the first image went: what `npm start -- --json --once` prints as its second line. */
export interface FirstImage {
  jobId: string;
  status: string;
  outputs: { bucket: string; key: string; url: string; sha256: string; contentType: string }[];
  /** Why there is no image. */
  reason?: string;
}

/**
 * Makes one image through the gateway's HTTP API, as any client would, and follows it to its end.
 *
 * @param report receives a line for each change of state
 */
export const makeFirstImage = async (
  gateway: string,
  prompt: string,
  report: (line: string) => void,
): Promise<FirstImage> => {
  const api = ky.create({ baseUrl: gateway, retry: 0, timeout: 30_000 });
  const accepted = await post(api, prompt);
  report(`accepted as job ${accepted.jobId}`);
  let known = '';
  for (;;) {
    const record = recordSchema.parse(await api.get(`/jobs/${accepted.jobId}`).json());
    if (record.status !== known) report(describe(record));
    known = record.status;
    if (isFinal(record.status)) return finish(api, record);
    await delay(250);
  }
};

const post = async (api: typeof ky, prompt: string): Promise<{ jobId: string }> => {
  try {
    return z
      .object({ jobId: z.string() })
      .parse(await api.post('/v3/images/generate-async', { json: { prompt } }).json());
  } catch (error) {
    if (error instanceof HTTPError)
      throw new Error(`The gateway refused the request: ${JSON.stringify(error.data)}`, { cause: error });
    throw error;
  }
};

const describe = ({ status, queuePosition }: z.output<typeof recordSchema>): string =>
  status === 'queued' && queuePosition !== undefined
    ? `queued, number ${queuePosition} in the queue`
    : status.replace('_', ' ');

const finish = async (api: typeof ky, record: z.output<typeof recordSchema>): Promise<FirstImage> => {
  const { jobId, status, error } = record;
  if (status !== 'succeeded')
    return { jobId, status, outputs: [], reason: error ? `${error.code}: ${error.message}` : status };
  const { result } = statusSchema.parse(await api.get(`/v3/status/${jobId}`).json());
  const outputs = record.outputs.map(({ bucket, key, sha256, contentType }, index) => ({
    bucket,
    key,
    url: result?.outputs[index]?.image.url ?? '',
    sha256,
    contentType,
  }));
  return { jobId, status, outputs };
};
