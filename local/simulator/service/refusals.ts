import { type Answer, json } from '../http/answer.ts';
import type { FieldIssue, ServiceRefusal } from './definition.ts';

/** HTTP status and code of each kind of refusal. */
export type RefusalCodes = Readonly<Record<ServiceRefusal['kind'], readonly [status: number, code: string]>>;

/** As most services print them; each names what differs. */
export const usualCodes: RefusalCodes = {
  no_such_path: [404, 'not_found'],
  method: [405, 'unsupported_method'],
  too_large: [413, 'request_too_large'],
  content_type: [415, 'invalid_content_type'],
  json: [400, 'invalid_json'],
  unknown_job: [404, 'unknown_job_id'],
  not_entitled: [403, 'user_not_entitled'],
  rate_limited: [429, 'rate_limited'],
  fields: [422, 'validation_error'],
};

/** Writes the body of a refusal; the issues are those of its fields. */
export type WriteRefusal = (refusal: {
  status: number;
  code: string;
  message: string;
  issues: readonly FieldIssue[];
}) => unknown;

/** How a service words what it refuses, from its codes and the shape of its error body. */
export const createRefuse =
  (write: WriteRefusal, codes: Partial<RefusalCodes> = {}): ((refusal: ServiceRefusal) => Answer) =>
  (refusal) => {
    const [status, code] = { ...usualCodes, ...codes }[refusal.kind];
    const issues = refusal.kind === 'fields' ? refusal.issues : [];
    return json(status, write({ status, code, message: refusal.message, issues }));
  };

/** The body of Firefly, Audio/Video and InDesign. */
export const writeErrorCode: WriteRefusal = ({ code, message }) => ({ error_code: code, message });
