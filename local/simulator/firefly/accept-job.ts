import { setTimeout as wait } from 'node:timers/promises';
import type { JobFault } from '../faults/definitions.ts';
import type { Faults } from '../faults/fault-book.ts';
import { type Answer, adobeError, htmlPage, json, Refusal, retryAfter } from '../http/answer.ts';
import type { ReceivedRequest } from '../http/request.ts';
import type { Manner } from '../manner/manner.ts';
import type { RateLimit } from '../rate-limit.ts';
import type { SimulatorSettings } from '../settings.ts';
import { refuseDisputed } from './disputed-rules.ts';
import { type OutputUrl, resultOf } from './job-status.ts';
import type { Job, Jobs } from './jobs.ts';
import type { SimulatedOperation } from './operation.ts';
import { uploadIdsIn } from './sources.ts';
import type { Uploads } from './uploads.ts';
import { badRequest, bodyErrors, type ValidationError, validationAnswer } from './validation-errors.ts';

/** Where the status of a job lies if the base host does not know it. */
const shardPath = '/shard-sim851211';

/** What accepting a generation request needs. */
export interface AcceptJobParts {
  jobs: Jobs;
  uploads: Uploads;
  faults: Faults;
  settings: SimulatorSettings;
  rateLimit: RateLimit;
  manner: Manner;
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
  parts: AcceptJobParts,
): Promise<Answer> => {
  const { settings, advertise, manner } = parts;
  const job = admitJob(operation, request, clientId, parts);
  if (settings.acceptMs > 0) await wait(settings.acceptMs, undefined, { ref: false });
  const ownBase = `${advertise(operation.path)}${manner.isObserved('status-only-on-shard') ? shardPath : ''}`;
  const answer = accepted(operation, job, settings, settings.shardBase ?? ownBase);
  return manner.isObserved('rate-headers-on-answers') ? withRateHeaders(answer, parts, request.arrivedAt) : answer;
};

/**
 * Plays a synchronous V3 call: the job is over when it is answered.
 *
 * @throws {Refusal} in Adobe's words
 */
export const answerInSync = async (
  operation: SimulatedOperation,
  request: ReceivedRequest,
  clientId: string,
  parts: AcceptJobParts & { outputUrl: OutputUrl },
): Promise<Answer> => {
  const job = admitJob(operation, request, clientId, parts);
  await wait(job.endsAt - job.acceptedAt, undefined, { ref: false });
  return json(200, resultOf(job, parts.outputUrl));
};

const withRateHeaders = (answer: Answer, { rateLimit, settings }: AcceptJobParts, now: number): Answer => ({
  ...answer,
  headers: {
    ...answer.headers,
    'x-ratelimit-limit': String(settings.requestsPerMinute),
    'x-ratelimit-remaining': String(rateLimit.remaining(now)),
  },
});

const admitJob = (
  operation: SimulatedOperation,
  request: ReceivedRequest,
  clientId: string,
  { jobs, uploads, faults, settings, rateLimit, manner }: AcceptJobParts,
): Job => {
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
  const isUploaded = (id: string) => !settings.checkUploads || uploads.has(id, clientId);
  const { model, body } = readRequest(operation, request, isUploaded, manner);
  const plan = operation.plan(body);
  const fault = faults.takeForJob({ service: 'firefly', path: operation.path, prompt: plan.prompt });
  return jobs.add({
    clientId,
    operation,
    model,
    request: body,
    plan,
    fault: fault && fateOf(fault, manner),
    pendingMs: settings.pendingMs,
    generationMs: settings.generationMs * (operation.slowness ?? 1),
  });
};

/** Without an observation a filtered output is a refusal of the job. */
const fateOf = (fault: JobFault, { isObserved }: Manner): JobFault =>
  fault.filteredOutputs === 0 || isObserved('filtered-outputs-left-out')
    ? fault
    : { ...fault, outcome: 'failed', errorCode: fault.errorCode ?? 'output_media_unsafe' };

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

const schemas = new WeakMap<SimulatedOperation, Map<string, ReturnType<SimulatedOperation['body']>>>();

/** Builds the schema of an operation and a model once: building it takes longer than using it. */
const findSchema = (operation: SimulatedOperation, model: string): ReturnType<SimulatedOperation['body']> => {
  const known = schemas.get(operation) ?? new Map<string, ReturnType<SimulatedOperation['body']>>();
  schemas.set(operation, known);
  const schema = known.get(model) ?? operation.body(model);
  // A request may name any model.
  if (operation.models?.values.includes(model)) known.set(model, schema);
  return schema;
};

const readRequest = (
  operation: SimulatedOperation,
  request: ReceivedRequest,
  isUploaded: (id: string) => boolean,
  manner: Manner,
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
  const { model, errors } = readModel(operation, typeof header === 'string' ? header : undefined, manner);
  const result = findSchema(operation, model).safeParse(given, { reportInput: true });
  const fieldErrors = bodyErrors(result.error?.issues ?? []);
  if (fieldErrors.length > 0 && manner.isObserved('field-faults-are-400')) throw new Refusal(badRequest(fieldErrors));
  errors.push(...fieldErrors);
  for (const { path, text } of uploadIdsIn(given)) {
    if (!isUploaded(text))
      errors.push({ loc: ['body', ...path], msg: 'the upload is not known or has expired', type: 'value_error' });
  }
  if (!result.success || errors.length > 0) throw new Refusal(validationAnswer(errors));
  const disputed = refuseDisputed(operation, model, result.data, manner);
  if (disputed !== undefined) throw new Refusal(disputed);
  return { model, body: result.data };
};

const readModel = (
  { models }: SimulatedOperation,
  header: string | undefined,
  { isObserved }: Manner,
): { model: string; errors: ValidationError[] } => {
  if (models === undefined) return { model: '', errors: [] };
  const image4 = isObserved('default-model-is-image4')
    ? models.values.find((name) => name === 'image4_standard')
    : undefined;
  const fallback = image4 ?? models.values[0];
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
