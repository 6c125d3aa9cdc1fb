import type { AdobeError } from '../http/errors.ts';
import type { Reason } from './outputs.ts';
import type { RefusalKind, ServiceDialect } from './service.ts';

/**
 * What an error answer to a paid request means: what the service's dialect knows, else what its status says of every service.
 * A page in HTML is no answer of Adobe's API, whose errors are JSON, but for the documented ones about a request's form.
 */
export const classifyRefusal = (error: AdobeError, dialect: ServiceDialect): RefusalKind =>
  (error.isHtml ? classifyPage(error.status) : classifyCode(error, dialect)) ?? classifyStatus(error.status);

const classifyCode = (error: AdobeError, { contentRefusals = {}, classifyRefusal: classify }: ServiceDialect) =>
  Object.hasOwn(contentRefusals, error.code) && error.status < 500 ? 'content' : classify?.(error);

/** What the code of a job that Adobe has failed says of all others; undefined if it is about the job. */
export const classifyFailure = (
  { code }: Pick<Reason, 'code'>,
  { contractCodes = {} }: Pick<ServiceDialect, 'contractCodes'>,
): 'quota' | 'access' | undefined => (Object.hasOwn(contractCodes, code) ? contractCodes[code] : undefined);

/** Adobe's message, behind what a caller can do about a refusal of content. */
export const explainRefusal = (
  contentRefusals: ServiceDialect['contentRefusals'] = {},
  code: string | undefined,
  message: string,
): string =>
  code !== undefined && Object.hasOwn(contentRefusals, code) ? `${contentRefusals[code]} (${message})` : message;

/** Statuses about the form of a request, which may come in HTML (Adobe: 413). */
const formStatuses = [400, 411, 413, 414, 415, 431];
/** Statuses that mean the same whoever gives them. */
const commonStatuses = [401, 408, 429];

const classifyPage = (status: number): RefusalKind | undefined => {
  // The page may stand in for the lost answer to a request that was passed on.
  if (status >= 500) return 'unknown';
  if (formStatuses.includes(status)) return 'final';
  return status >= 400 && !commonStatuses.includes(status) ? 'intercepted' : undefined;
};

const classifyStatus = (status: number): RefusalKind => {
  if (status === 429) return 'rate';
  if (status === 408) return 'retry';
  // The next request with the same credential would be refused as well.
  if (status === 403) return 'access';
  return status >= 400 && status < 500 ? 'final' : 'unknown';
};
