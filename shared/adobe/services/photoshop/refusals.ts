import type { AdobeError } from '../../http/errors.ts';
import { classifyFailure } from '../refusal.ts';
import type { PresentedRefusal, RefusalKind } from '../service.ts';

/** Codes about the content of a request or of what was made of it, at once or when the job ends. */
export const contentRefusals = {
  '400411': "Adobe's content filter refuses the request: change the input or what is to be made of it.",
};

/** 403421 ends jobs, and may refuse requests as well. */
export const contractCodes = { '403421': 'quota', quota_exhausted: 'quota', user_not_entitled: 'access' } as const;

const rateCodes = ['unauthorized_rate_limited', 'too_many_requests'];
const accessCodes = ['unauthorized_legal_reasons'];

/**
 * What a refusal of Photoshop, of the image services or of masking means. Adobe has one code for a quota that is used up, for
 * high traffic, and for all that a credential may not do: only the message tells them apart.
 */
export const classifyRefusal = ({ status, code, message }: AdobeError): RefusalKind | undefined => {
  // A failure of theirs says nothing of whether the job was taken.
  if (status >= 500) return 'unknown';
  const ofContract = classifyFailure({ code }, { contractCodes });
  if (ofContract !== undefined) return ofContract;
  if (rateCodes.includes(code)) return 'rate';
  if (code === 'unauthorized_forbidden') {
    if (/high traffic/i.test(message)) return 'rate';
    return /quota/i.test(message) ? 'quota' : 'access';
  }
  return accessCodes.includes(code) ? 'access' : undefined;
};

/** `image.source.url`, or nothing for a refusal that is about no field. */
const join = (path: readonly (string | number)[]): string => path.join('.');

/** A refusal of the gateway as Photoshop writes its own. */
export const presentRefusal = ({ code, message, fields }: PresentedRefusal): Record<string, unknown> => ({
  error_code: code,
  message,
  ...(fields.length > 0 && {
    errors: fields.map((field) => ({ error_code: field.type, message: `${join(field.path)}: ${field.message}` })),
  }),
});

const maskingCodes: Readonly<Record<number, string>> = {
  401: 'unauthorized',
  403: 'forbidden',
  429: 'too_many_requests',
};

/** A refusal of the gateway as masking writes its own. */
export const presentMaskingRefusal = ({
  status,
  code,
  message,
  fields,
}: PresentedRefusal): Record<string, unknown> => ({
  type: code,
  code: maskingCodes[status] ?? (fields.length > 0 ? 'input_validation_error' : code),
  title: message,
  details: fields.map((field) => ({ name: join(field.path), reason: field.message })),
});
