import { json } from '../http/answer.ts';
import type { MadeOutput, ServiceJob, SimulatedService } from '../service/definition.ts';
import { createRefuse } from '../service/refusals.ts';

/** `{error_code, message, errors}`; one of Adobe's guides calls the code of an entry `code`. */
export const refuse = createRefuse(
  ({ code, message, issues }) => ({
    error_code: code,
    message,
    ...(issues.length > 0 && {
      errors: issues.map((issue, index) => ({
        [index % 2 === 0 ? 'error_code' : 'code']: issue.isMissing ? 'field_required' : code,
        message: `${issue.path.join('.')}: ${issue.message}`,
      })),
    }),
  }),
  { rate_limited: [429, 'unauthorized_rate_limited'], not_entitled: [403, 'unauthorized_forbidden'] },
);

const jobCodes = {
  input_unreachable: '400401',
  input_type: '400401',
  input_size: '400401',
  output_unwritable: '422404',
  internal: '500600',
} as const;

/** The codes of jobs that failed. */
export const explain: SimulatedService['explain'] = ({ kind, message }) => ({ code: jobCodes[kind], message });

/** `{jobId, statusUrl}`. */
export const accept = ({ jobId }: ServiceJob, { statusUrl }: { statusUrl: string }) => json(202, { jobId, statusUrl });

const iso = (ms: number) => new Date(ms).toISOString();

/** The status body of Photoshop v2 and of what shares its words. */
export const writeStatus = (job: ServiceJob, result: (job: ServiceJob) => Record<string, unknown>) => ({
  jobId: job.jobId,
  status: job.phase,
  createdTime: iso(job.acceptedAt),
  modifiedTime: iso(job.modifiedAt),
  ...(job.phase === 'succeeded' && { result: result(job) }),
  ...(job.error && { errorDetails: [{ errorCode: job.error.code, message: job.error.message }] }),
});

/** `result.outputs[]`: Adobe's examples have the URL in a destination or beside the media type. */
export const listOutputs = ({ outputs, isOdd }: ServiceJob) => ({ outputs: outputs.map((made) => write(made, isOdd)) });

const write = ({ target, url, content, mediaType }: MadeOutput, isOdd: boolean) => {
  if (target.kind === 'embedded') return { destination: { embedded: target.as, content }, mediaType };
  return isOdd && target.kind === 'hosted' ? { url, mediaType } : { destination: { url }, mediaType };
};

/** Photoshop's limit on status calls. */
export const statusQuota = { windows: [{ seconds: 3, limit: 310 }] };

/** Photoshop's limit on requests. */
export const requestQuota = {
  windows: [
    { seconds: 3, limit: 16 },
    { seconds: 60, limit: 320 },
  ],
};

/** What Adobe's guides print for a token of Photoshop. */
export const scopes = ['openid', 'AdobeID', 'read_organizations'];
