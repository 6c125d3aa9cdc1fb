import * as z from 'zod';
import { once } from '../../../../once.ts';
import { asFields, asList } from '../../body-fields.ts';
import type { PresentedJob, PresentedRefusal } from '../../service.ts';

const self = once(() => z.strictObject({ self: z.strictObject({ href: z.url() }) }));

/** Adobe's answer of old: where to follow the job, and nothing else. */
export const legacyAcceptance = once(() =>
  z.object({ _links: self(), warnings: z.array(z.string()).optional() }).meta({ id: 'LegacyAcceptedJob' }),
);

const status = once(() => z.enum(['pending', 'running', 'succeeded', 'failed']));
const file = once(() => z.looseObject({ href: z.url(), storage: z.literal('external') }));
const failure = once(() => z.object({ type: z.string(), code: z.string(), title: z.string() }));

/** Lightroom's status body of old. */
export const lightroomStatusSchema = once(() =>
  z
    .object({
      jobId: z.uuid(),
      created: z.iso.datetime(),
      modified: z.iso.datetime(),
      outputs: z.array(
        z.object({
          input: z.string(),
          status: status(),
          _links: z.object({ self: file() }).optional(),
          details: z.string().optional(),
          errors: failure().optional(),
        }),
      ),
      _links: self(),
    })
    .meta({ id: 'LightroomJobStatus' }),
);

/** Photoshop's status body of old. */
export const documentStatusSchema = once(() =>
  z
    .object({
      jobId: z.uuid(),
      outputs: z.array(
        z.object({
          input: z.string(),
          created: z.iso.datetime(),
          modified: z.iso.datetime(),
          status: status(),
          _links: z.object({ renditions: z.array(file()) }).optional(),
          errors: failure().optional(),
        }),
      ),
      _links: self(),
    })
    .meta({ id: 'DocumentJobStatus' }),
);

interface LegacyOutput {
  status: z.output<ReturnType<typeof status>>;
  url?: string;
  type?: string;
  failure?: z.output<ReturnType<typeof failure>>;
}

const toFailure = ({ code, message }: { code: string; message: string }) => ({ type: code, code, title: message });

/** The outputs of a job; one that is not known yet, or was never made, is one all the same: clients count them. */
const readOutputs = ({ phase, result, error, errors = [] }: PresentedJob): LegacyOutput[] => {
  if (phase === 'pending' || phase === 'running') return [{ status: phase }];
  const outputs = asList(asFields(result?.['result'])['outputs']).map(asFields);
  if (outputs.length === 0) {
    const reason = error ?? errors[0] ?? { code: 'failed', message: 'The job has no outputs.' };
    return [{ status: 'failed', failure: toFailure(reason) }];
  }
  return outputs.map((output, place) => {
    const url = asFields(output['destination'])['url'] ?? output['url'];
    if (typeof url === 'string') return { status: 'succeeded', url, type: String(output['mediaType']) };
    const reason = errors.find(({ index }) => index === place) ?? { code: 'failed', message: 'The output is missing.' };
    return { status: 'failed', failure: toFailure(reason) };
  });
};

/** What the bodies of old say of a job beside the job itself. */
export interface LegacyJob {
  job: PresentedJob;
  /** URL of the status call by which it was asked for. */
  statusUrl: string;
  /** The file that was read, without the secrets that its address may have had. */
  input: string;
}

/** Writes a status as Lightroom did. */
export const presentLightroomStatus = ({
  job,
  statusUrl,
  input,
}: LegacyJob): z.output<ReturnType<typeof lightroomStatusSchema>> => ({
  jobId: job.jobId,
  created: job.createdAt,
  modified: job.updatedAt,
  outputs: readOutputs(job).map((output) => ({
    input,
    status: output.status,
    _links: output.url === undefined ? undefined : { self: { href: output.url, storage: 'external' } },
    details: output.failure?.title,
    errors: output.failure,
  })),
  _links: { self: { href: statusUrl } },
});

/** Writes a status as Photoshop's first version did. */
export const presentDocumentStatus = ({
  job,
  statusUrl,
  input,
}: LegacyJob): z.output<ReturnType<typeof documentStatusSchema>> => ({
  jobId: job.jobId,
  outputs: readOutputs(job).map((output) => ({
    input,
    created: job.createdAt,
    modified: job.updatedAt,
    status: output.status,
    _links:
      output.url === undefined
        ? undefined
        : { renditions: [{ href: output.url, storage: 'external', type: output.type }] },
    errors: output.failure,
  })),
  _links: { self: { href: statusUrl } },
});

/** A refusal of the gateway as the ended calls wrote theirs. */
export const presentLegacyRefusal = ({ code, message, fields }: PresentedRefusal): Record<string, unknown> => ({
  type: fields.length > 0 ? 'InputValidationError' : code,
  code,
  title: message,
  details: fields.map(({ path, message: reason }) => ({ name: path.join('.'), reason })),
});
