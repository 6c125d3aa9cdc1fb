import * as z from 'zod';
import type { Table } from '#shared/aws/table.ts';
import { type CallerPolicy, callerPolicySchema } from '#shared/caller-policy.ts';
import { type Caller, fitsKeys } from '#shared/callers/caller.ts';
import { listCallers, listSecretUse, readSecretUse, type SecretUse } from '#shared/callers/caller-store.ts';
import { getPolicy, listPolicies } from '#shared/callers/policy-store.ts';
import { once } from '#shared/once.ts';
import { ProblemError } from '../http/problem.ts';
import type { ApiRequest } from '../http/request.ts';

const secretView = once(() =>
  z.object({
    secretId: z.string(),
    createdAt: z.iso.datetime(),
    lastUsedHour: z.iso.datetime().optional().meta({ description: 'To the hour; absent until it is used' }),
  }),
);

/** A caller as operators see it; where callers come from IAM or an identity provider, its policy is all there is. */
export const callerView = once(() =>
  z
    .object({
      callerId: z.string().meta({ description: 'As its jobs bear it; in mode `callers` the client id' }),
      name: z.string().optional(),
      operator: z.boolean().optional(),
      disabled: z.boolean().optional(),
      createdAt: z.iso.datetime().optional(),
      secrets: z.array(secretView()).optional(),
      policy: z.optional(callerPolicySchema()),
    })
    .meta({ id: 'Caller' }),
);

type CallerView = z.output<ReturnType<typeof callerView>>;

/** The only answer that holds a secret. */
export const newSecretView = once(() =>
  z
    .object({
      callerId: z.string(),
      secretId: z.string(),
      clientSecret: z.string().meta({ description: 'Shown this once only: its hash is all that is stored' }),
    })
    .meta({ id: 'NewCallerSecret' }),
);

/** Reads what belongs to a caller, and shows it without the hashes. */
export const viewCaller = async (table: Table, caller: Caller): Promise<CallerView> => {
  const { callerId } = caller;
  const [uses, policy] = await Promise.all([readSecretUse(table, callerId), getPolicy(table, callerId)]);
  return toView(caller, uses, policy);
};

/** All callers in the same view, however many there are with a few reads. */
export const viewCallers = async (table: Table): Promise<CallerView[]> => {
  const [callers, uses, stored] = await Promise.all([listCallers(table), listSecretUse(table), listPolicies(table)]);
  const policies = new Map(stored.map(({ caller, policy }) => [caller, policy]));
  return callers.map((caller) => toView(caller, uses, policies.get(caller.callerId)));
};

const toView = (
  { callerId, name, operator, disabled, createdAt, secrets }: Caller,
  uses: SecretUse,
  policy: CallerPolicy | undefined,
): CallerView => ({
  callerId,
  name,
  operator,
  disabled,
  createdAt,
  secrets: secrets.map((secret) => ({
    secretId: secret.secretId,
    createdAt: secret.createdAt,
    lastUsedHour: uses[secret.secretId],
  })),
  policy,
});

/** The answer to the id of a caller that is not there. */
export const unknownCaller = () => new ProblemError(404, 'unknown_caller', 'There is no such caller.');

/**
 * Reads the id of a caller from the path.
 *
 * @throws {ProblemError} 404 for what no caller can be called
 */
export const readCallerId = ({ params }: ApiRequest): string => {
  const callerId = params['callerId'] ?? '';
  // In IAM mode every caller may call what is at `/callers/me`.
  if (callerId === 'me') throw unknownCaller();
  if (callerId.trim() === '' || !fitsKeys(callerId)) throw unknownCaller();
  return callerId;
};
