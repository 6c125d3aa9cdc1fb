import type { OperationDefinition } from '#shared/adobe/services/operation.ts';
import { type CostEstimate, estimateCost } from '#shared/adobe/services/operation-rates.ts';
import { defaultModelVersion } from '#shared/adobe/services/operation-settings.ts';
import { checkPolicy } from '#shared/callers/check-policy.ts';
import { checkWords, readPolicyWords } from '#shared/callers/denied-words.ts';
import type { PolicyInForce } from '#shared/callers/policies.ts';
import type { Priority } from '#shared/priority.ts';
import type { ApiContext } from '../context.ts';
import { type GenerationRequest, requireInputs } from './request.ts';

/** What follows from a request before anything is counted or written for it. */
export interface AssessedRequest {
  policy: PolicyInForce;
  /** As the policy allows it. */
  priority: Priority;
  /** Sent as the operation's header of models: the caller's, or the default. */
  modelVersion: string | undefined;
  /** What the caller should know though the request may pass. */
  warnings: string[];
  /** When the latest of its inputs in S3 was written, in epoch ms. */
  inputsChangedAt: number | undefined;
  cost: CostEstimate;
}

/**
 * Applies the rules that need nothing but the request and the policy of its caller.
 *
 * @throws {ProblemError} 422 if an input cannot be used, 403 for an input of others
 * @throws {PolicyRefusal} for what the policy does not allow
 */
export const assessRequest = async (
  context: Pick<ApiContext, 'settings' | 'readPolicy' | 'readDeniedWords' | 'inputs'>,
  operation: OperationDefinition,
  request: GenerationRequest,
  caller: string,
): Promise<AssessedRequest> => {
  const { settings, inputs, readDeniedWords } = context;
  const modelVersion = request.modelVersion ?? defaultModelVersion(operation, settings.operations);
  const policy = await context.readPolicy(caller);
  const { priority, warnings } = checkPolicy(policy, { ...request, operation, modelVersion });
  checkWords(operation, request.body, await readPolicyWords(readDeniedWords, policy));
  const inputsChangedAt = await requireInputs(inputs, operation, { caller, body: request.body });
  return {
    policy,
    priority,
    modelVersion,
    warnings: [...request.warnings, ...warnings],
    inputsChangedAt,
    cost: estimateCost(operation, request.body, settings.operationRates),
  };
};
