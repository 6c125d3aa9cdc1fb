import { classifyStatus } from '../http/client.ts';
import { AdobeCallError } from '../http/errors.ts';

/**
 * What a failed call of the I/O Management API means:
 * - `unauthorized`: the management token is not accepted
 * - `forbidden`: the token lacks the scopes, or the API is not part of the Developer Console project
 * - `not_found`: no such organization, credential or secret
 * - `refused`: Adobe did not do it, and would not if asked again
 * - `transient`: Adobe could not answer for now; it may have done what was asked
 * - `no_answer`: the answer was lost; Adobe may have done what was asked
 * - `answer_not_understood`: Adobe did something, but does not say what in the documented way
 */
export type IoManagementErrorKind =
  | 'unauthorized'
  | 'forbidden'
  | 'not_found'
  | 'refused'
  | 'transient'
  | 'no_answer'
  | 'answer_not_understood';

/** A call of the I/O Management API failed. Neither message nor fields hold a secret or a token. */
export class IoManagementError extends AdobeCallError {
  readonly kind: IoManagementErrorKind;
  readonly retryAfterMs: number | undefined;

  /**
   * @param fields.status of the answer; absent if none came
   * @param fields.code Adobe's, such as `403011`
   * @param fields.requestId Adobe's `x-request-id`
   */
  constructor(fields: {
    kind: IoManagementErrorKind;
    operation: string;
    status?: number;
    code: string;
    message: string;
    requestId?: string;
    retryAfterMs?: number;
  }) {
    const { kind, operation, status, code, message, requestId, retryAfterMs } = fields;
    super(code, `Adobe I/O Management: could not ${operation} (${code}): ${message}`, { status, requestId });
    this.kind = kind;
    this.retryAfterMs = retryAfterMs;
  }

  get isTransient(): boolean {
    return this.kind === 'transient' || this.kind === 'no_answer';
  }

  /** Whether Adobe may have done what was asked although the call failed. */
  get outcomeUnknown(): boolean {
    if (this.status === 429) return false;
    return this.kind === 'transient' || this.kind === 'no_answer' || this.kind === 'answer_not_understood';
  }
}

/** The meaning of an HTTP status that is not the documented success. */
export const classifyFailure = (status: number): IoManagementErrorKind => {
  if (status === 401) return 'unauthorized';
  if (status === 403) return 'forbidden';
  if (status === 404) return 'not_found';
  const statusClass = classifyStatus(status);
  return statusClass === 'transient' || statusClass === 'refused' ? statusClass : 'answer_not_understood';
};
