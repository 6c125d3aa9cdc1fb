import { setTimeout as wait } from 'node:timers/promises';
import type { Faults } from '../faults/fault-book.ts';
import { type Answer, adobeError, htmlPage, json, Refusal, retryAfter } from '../http/answer.ts';
import type { ReceivedRequest } from '../http/request.ts';
import type { RateLimit } from '../rate-limit.ts';
import type { SimulatorSettings } from '../settings.ts';
import { type ImageModel, type ImageRequest, imageModels, imageRequestSchema } from './image-request.ts';
import type { Jobs } from './jobs.ts';
import { bodyErrors, validationAnswer } from './validation-errors.ts';

/** What accepting a generation request needs. */
export interface GenerateImagesParts {
  jobs: Jobs;
  faults: Faults;
  settings: SimulatorSettings;
  rateLimit: RateLimit;
  /** Base of the status and cancel URLs. */
  advertise: () => string;
}

/**
 * Plays `POST /v3/images/generate-async` for a client that the gateway has let through: the rate limit first, so that an
 * invalid request counts as well; what the limit itself refuses does not count. Adobe also takes multipart/form-data here,
 * the simulator JSON only.
 *
 * @throws {Refusal} in Adobe's words
 */
export const generateImages = async (
  request: ReceivedRequest,
  clientId: string,
  { jobs, faults, settings, rateLimit, advertise }: GenerateImagesParts,
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
  const { model, body } = readImageRequest(request);
  const fault = faults.takeForJob(body.prompt);
  const { pendingMs, generationMs, acceptMs } = settings;
  const { jobId } = jobs.add({ clientId, model, request: body, fault, pendingMs, generationMs });
  if (acceptMs > 0) await wait(acceptMs, undefined, { ref: false });
  const statusUrl = `${advertise()}/v3/status/${jobId}`;
  const cancelUrl = `${advertise()}/v3/cancel/${jobId}`;
  return json(
    202,
    { jobId, statusUrl, cancelUrl },
    { link: `<${statusUrl}>; rel="status", <${cancelUrl}>; rel="cancel"` },
  );
};

const readImageRequest = (request: ReceivedRequest): { model: ImageModel; body: ImageRequest } => {
  if (request.bodyTooLarge) throw new Refusal(htmlPage(413, 'Request Entity Too Large'));
  const [contentType = ''] = (request.headers['content-type'] ?? '').split(';');
  if (contentType.trim().toLowerCase() !== 'application/json') {
    throw new Refusal(
      adobeError(415, 'invalid_content_type', `Content type ${contentType || 'none'} is not supported`),
    );
  }
  if (request.body.length === 0) throw new Refusal(adobeError(400, 'empty_input_body', 'The request has no body'));
  const given = parseJson(request.body);
  const model = imageModels.find((name) => name === (request.headers['x-model-version'] ?? 'image3'));
  const result = imageRequestSchema(model ?? 'image3').safeParse(given, { reportInput: true });
  const errors = result.success ? [] : bodyErrors(result.error.issues);
  if (!model) errors.unshift(unknownModel);
  if (!result.success || !model) throw new Refusal(validationAnswer(errors));
  return { model, body: result.data };
};

const unknownModel = {
  loc: ['header', 'x-model-version'],
  msg: 'value is not a valid enumeration member',
  type: 'type_error.enum',
  ctx: { enum_values: imageModels },
};

const parseJson = (body: Buffer): unknown => {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new Refusal(adobeError(400, 'bad_request', 'The body is not valid JSON'));
  }
};
