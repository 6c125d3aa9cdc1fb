import { type Answer, adobeError, htmlPage, json, retryAfter } from '../http/answer.ts';
import { imsError } from '../ims.ts';
import type { AnswerFault } from './definitions.ts';

/**
 * The answer that a fault puts in the place of the service's own.
 *
 * @param service whose words an error takes
 * @param now epoch ms
 * @param refusalStatus of a refusal for content
 */
export const faultAnswer = (fault: AnswerFault, service: string, now: number, refusalStatus: 422 | 451): Answer => {
  switch (fault.fault) {
    case 'answer':
      return typeof fault.body === 'string' || fault.body === undefined
        ? { status: fault.status, headers: fault.headers, body: fault.body ?? '' }
        : json(fault.status, fault.body, fault.headers);
    case 'rate_limited': {
      const headers = { 'retry-after': retryAfter(fault.format, now, now + fault.seconds * 1000) };
      if (service === 'ims') return { status: 429, headers };
      return json(429, { error_code: 'rate_limited' }, { ...headers, 'x-access-rate-limit-level': fault.level });
    }
    case 'server_error':
      if (!fault.errorCode) return htmlPage(500, 'Internal Server Error');
      if (service === 'ims') return imsError(500, 'internal_error', 'Please try again later');
      return adobeError(500, 'runtime_error', 'Internal Server Error');
    case 'bad_gateway':
      return htmlPage(502, 'Bad Gateway');
    case 'gateway_timeout':
      return htmlPage(504, 'Gateway Time-out');
    case 'request_timeout':
      return adobeError(408, 'timeout_error', 'Request timed out');
    case 'unavailable':
      return adobeError(503, '503000', 'Service temporarily unavailable');
    case 'quota_exhausted':
      return adobeError(403, 'access_error', 'Quota exhausted', { 'x-access-error': 'quota_exhausted' });
    case 'prompt_unsafe':
      return adobeError(refusalStatus, 'prompt_unsafe', 'The prompt violates the content policy');
    case 'input_media_unsafe':
      return adobeError(refusalStatus, 'input_media_unsafe', 'An input violates the content policy');
    case 'output_media_unsafe':
      return adobeError(refusalStatus, 'output_media_unsafe', 'The output violates the content policy');
    case 'language_not_supported':
      return adobeError(refusalStatus, 'language_not_supported', 'The language of the prompt is not supported');
  }
};
