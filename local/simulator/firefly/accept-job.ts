import { setTimeout as wait } from 'node:timers/promises';
import type { Faults } from '../faults/fault-book.ts';
import { type Answer, adobeError, htmlPage, json, Refusal, retryAfter } from '../http/answer.ts';
import type { ReceivedRequest } from '../http/request.ts';
import type { RateLimit } from '../rate-limit.ts';
import type { SimulatorSettings } from '../settings.ts';
import type { Job, Jobs } from './jobs.ts';
import type { SimulatedOperation } from './operation.ts';
import { uploadIdsIn } from './sources.ts';
import type { Uploads } from './uploads.ts';
import { bodyErrors, type ValidationError, validationAnswer } from './validation-errors.ts';

/** What accepting a generation request needs. */
export interface AcceptJobParts {
  jobs: Jobs;
  uploads: Uploads;
  faults: Faults;
  settings: SimulatorSettings;
  rateLimit: RateLimit;
  /** Base of the status and cancel URLs for jobs of the operation at a path. */
  advertise: (path: string) => string;
}

/**
 * Plays the request of a generative operation for a client that the gateway has let through: the rate limit first, so that
 * an invalid request counts as well; what the limit itself refuses does not count. Adobe also takes multipart/form-data in
 * places, the simulator JSON only.
 *
 * @throws {Refusal} in Adobe's words
 */
export const acceptJob = async (
  operation: SimulatedOperation,
  request: ReceivedRequest,
  clientId: string,
  { jobs, uploads, faults, settings, rateLimit, advertise }: AcceptJobParts,
): Promise<Answer> => {
  const admission = rateLimit.admit(request.arrivedAt);
  if (!admission.admitted) {
    throw new Refusal(
      json(
        429,
        { error_code: 'rate_limited' },
        {
          'retry-after': retryAfter(settings.retryAfterFormat, request.arrivedAt, admission.retryAt),
          'x-access-rate-limit-level': 'org',
        },
      ),
    );
  }
  const { model, body } = readRequest(operation, request, (id) => !settings.checkUploads || uploads.has(id, clientId));
  const plan = operation.plan(body);
  const { acceptMs, pendingMs } = settings;
  const job = jobs.add({
    clientId,
    operation,
    model,
    request: body,
    plan,
    fault: faults.takeForJob(plan.prompt),
    pendingMs,
    generationMs: settings.generationMs * (operation.slowness ?? 1),
  });
  if (acceptMs > 0) await wait(acceptMs, undefined, { ref: false });
  return accepted(operation, job, settings, settings.shardBase ?? advertise(operation.path));
};

const accepted = (
  { accepts }: SimulatedOperation,
  { jobId }: Job,
  { linkStyle }: SimulatorSettings,
  base: string,
): Answer => {
  const statusUrl = `${base}/v3/status/${jobId}`;
  const cancelUrl = `${base}/v3/cancel/${jobId}`;
  const headers = { link: `<${statusUrl}>; rel="status", <${cancelUrl}>; rel="cancel"` };
  if (accepts.family === 'job') return json(202, { jobId, statusUrl, cancelUrl }, headers);
  const link = (href: string) => (linkStyle === 'object' ? { href } : href);
  return json(accepts.status, { links: { result: link(statusUrl), cancel: link(cancelUrl) }, progress: 0 }, headers);
};

const readRequest = (
  operation: SimulatedOperation,
  request: ReceivedRequest,
  isUploaded: (id: string) => boolean,
): { model: string; body: Record<string, unknown> } => {
  if (request.bodyTooLarge) throw new Refusal(htmlPage(413, 'Request Entity Too Large'));
  const [contentType = ''] = (request.headers['content-type'] ?? '').split(';');
  if (contentType.trim().toLowerCase() !== 'application/json') {
    throw new Refusal(
      adobeError(415, 'invalid_content_type', `Content type ${contentType || 'none'} is not supported`),
    );
  }
  if (request.body.length === 0) throw new Refusal(adobeError(400, 'empty_input_body', 'The request has no body'));
  const given = parseJson(request.body);
  const header = request.headers['x-model-version'];
  const { model, errors } = readModel(operation, typeof header === 'string' ? header : undefined);
  const result = operation.body(model).safeParse(given, { reportInput: true });
  if (!result.success) errors.push(...bodyErrors(result.error.issues));
  for (const { path, id } of uploadIdsIn(given)) {
    if (!isUploaded(id))
      errors.push({ loc: ['body', ...path], msg: 'the upload is not known or has expired', type: 'value_error' });
  }
  if (!result.success || errors.length > 0) throw new Refusal(validationAnswer(errors));
  return { model, body: result.data };
};

const readModel = (
  { models }: SimulatedOperation,
  header: string | undefined,
): { model: string; errors: ValidationError[] } => {
  if (models === undefined) return { model: '', errors: [] };
  const [fallback] = models.values;
  const loc = ['header', 'x-model-version'];
  if (header === undefined) {
    const missing = { loc, msg: 'field required', type: 'value_error.missing' };
    return { model: fallback, errors: models.required ? [missing] : [] };
  }
  if (models.values.includes(header)) return { model: header, errors: [] };
  const msg = 'value is not a valid enumeration member';
  return { model: fallback, errors: [{ loc, msg, type: 'type_error.enum', ctx: { enum_values: models.values } }] };
};

const parseJson = (body: Buffer): unknown => {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new Refusal(adobeError(400, 'bad_request', 'The body is not valid JSON'));
  }
};
