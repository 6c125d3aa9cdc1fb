import { countRequestedOutputs, type OperationDefinition } from '../adobe/services/operation.ts';
import type { CallerPolicy } from '../caller-policy.ts';
import { type Priority, priorities } from '../priority.ts';
import { PolicyRefusal } from './policy-refusal.ts';

/** What the rules look at. */
export interface PolicySubject {
  operation: OperationDefinition;
  /** What is sent to Adobe, by the caller's wish or by default; undefined where the operation takes none. */
  modelVersion: string | undefined;
  body: Readonly<Record<string, unknown>>;
  priority: Priority;
}

/** A request as its caller's policy lets it pass. */
export interface PolicyOutcome {
  priority: Priority;
  warnings: string[];
}

/**
 * Applies the rules that need nothing but the request.
 *
 * @throws {PolicyRefusal} 403 for what the caller may not use, 422 for more outputs than it may ask for at once
 */
export const checkPolicy = (policy: CallerPolicy, subject: PolicySubject): PolicyOutcome => {
  const { operation, modelVersion, body, priority } = subject;
  requireListed('operations', policy.operations, operation.name, 'this operation');
  if (modelVersion !== undefined)
    requireListed('modelVersions', policy.modelVersions, modelVersion, 'this model version');
  const customModel = body['customModelId'];
  if (customModel !== undefined) {
    requireListed('customModels', policy.customModels, String(customModel), 'this custom model', 'customModelId');
  }
  const { maxVariations } = policy;
  if (maxVariations !== undefined && (countRequestedOutputs(operation, body) ?? 0) > maxVariations) {
    const message = `Your policy allows at most ${maxVariations} outputs in one request (rule maxVariations).`;
    throw new PolicyRefusal('maxVariations', message, { status: 422 });
  }
  return limitPriority(policy, priority);
};

const requireListed = (
  rule: 'operations' | 'modelVersions' | 'customModels',
  allowed: readonly string[] | undefined,
  name: string,
  what: string,
  field?: string,
): void => {
  if (allowed === undefined || allowed.includes(name)) return;
  throw new PolicyRefusal(rule, `Your policy does not allow ${what} (rule ${rule}).`, { field });
};

/** A better priority than the policy's best becomes that one. */
const limitPriority = ({ maxPriority }: CallerPolicy, priority: Priority): PolicyOutcome => {
  if (maxPriority === undefined || priorities.indexOf(priority) >= priorities.indexOf(maxPriority)) {
    return { priority, warnings: [] };
  }
  const warning = `The priority ${priority} became ${maxPriority}, the best that your policy allows (rule maxPriority).`;
  return { priority: maxPriority, warnings: [warning] };
};
