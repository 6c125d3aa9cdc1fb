import type { CallerPolicy } from '../caller-policy.ts';
import { GatewayError } from '../errors.ts';

/** The name of a rule of a policy. */
export type PolicyRule = keyof CallerPolicy;

/** What a refusal says beside its rule and message. */
export interface PolicyRefusalDetails {
  /** Stable name of what went wrong. */
  code?: string;
  /** HTTP status: 403 for what the caller may not do, 422 where the request has to change, 429 for counts. */
  status?: number;
  /** When the same request may be accepted, in epoch ms; undefined where waiting cannot help. */
  retryAt?: number;
  /** The field of the body that the rule is about. */
  field?: string;
}

/**
 * A policy does not allow a request. API and inbox say it in the same words: the message names the rule and its limit, and never
 * repeats the request.
 */
export class PolicyRefusal extends GatewayError {
  readonly rule: PolicyRule;
  override readonly status: number;
  readonly retryAt?: number;
  readonly field?: string;

  constructor(rule: PolicyRule, message: string, details: PolicyRefusalDetails = {}) {
    const { code = 'policy_refused', status = 403, retryAt, field } = details;
    super(code, message, { status });
    this.rule = rule;
    this.status = status;
    this.retryAt = retryAt;
    this.field = field;
  }
}
