import type * as z from 'zod';
import type { problem } from '#functions/api/http/problem.ts';

/** The body of every error answer. */
export type ProblemBody = z.output<ReturnType<typeof problem>>;

/** What is wrong with one field of a request. */
export interface FieldProblem {
  /** Where it lies: `body`, `header` or `query`, then the path inside. */
  path: readonly (string | number)[];
  message: string;
}

/** An error answer of the gateway, or none at all: then its status is 0. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  readonly status: number;
  readonly code: string;
  /** Every field that is wrong, for the form that sent it. */
  readonly fields: readonly FieldProblem[];
  readonly requestId: string | undefined;
  /** In how many seconds another attempt makes sense. */
  readonly retryAfterSeconds: number | undefined;

  constructor(status: number, body: Partial<ProblemBody>, retryAfterSeconds?: number) {
    super(body.detail ?? body.message ?? `The gateway answered with status ${status}.`);
    this.status = status;
    this.code = body.error_code ?? 'unknown';
    this.fields = (body.validation_errors ?? []).map(({ loc, msg }) => ({ path: loc, message: msg }));
    this.requestId = body.request_id;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** Reads an error answer; one that is no problem+json, such as API Gateway's own, gives its status. */
export const readProblem = async (response: Response): Promise<ApiProblem> => {
  const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN);
  const body = await response.json().catch(() => ({}));
  const fields: Partial<ProblemBody> = typeof body === 'object' && body !== null ? body : {};
  return new ApiProblem(response.status, fields, Number.isFinite(retryAfter) ? retryAfter : undefined);
};
