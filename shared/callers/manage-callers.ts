import type { AuditAction, AuditActor } from '../audit/entry.ts';
import { type AuditTrail, withAudit } from '../audit/trail.ts';
import type { Table } from '../aws/table.ts';
import type { CallerPolicy } from '../caller-policy.ts';
import { type Caller, createCallerId } from './caller.ts';
import {
  addSecret,
  type CallerWithSecret,
  createCaller,
  removeCaller,
  removeSecret,
  setDisabled,
  updateCaller,
} from './caller-store.ts';
import { putPolicy, removePolicy } from './policy-store.ts';

/** Where callers are managed, and by whom: the command and the API do the same, and leave the same entries. */
export interface CallerManagement {
  /** Of callers. */
  table: Table;
  audit: AuditTrail;
  actor: AuditActor;
}

/** What an operator may change of a caller. */
export type CallerChanges = Partial<Pick<Caller, 'name' | 'operator' | 'disabled'>>;

const under = <Result>(
  { audit, actor }: CallerManagement,
  action: AuditAction,
  object: Record<string, string>,
  act: () => Promise<Result>,
): Promise<Result> => withAudit(audit, { ...actor, action, object }, act);

/**
 * Makes a caller with its first secret.
 *
 * @throws {AuditUnavailableError} so do all that follow which give somebody something
 */
export const addManagedCaller = (
  management: CallerManagement,
  given: Pick<Caller, 'name' | 'operator'>,
): Promise<CallerWithSecret> => {
  const callerId = createCallerId();
  const object = { caller: callerId, operator: String(given.operator) };
  return under(management, 'caller made', object, () => createCaller(management.table, { ...given, callerId }));
};

/**
 * Changes name and rights of a caller, disables or enables it: what is given, and nothing else.
 *
 * @throws {CallerChangeError} `caller_not_found`
 */
export const changeManagedCaller = async (
  management: CallerManagement,
  callerId: string,
  { disabled, ...changes }: CallerChanges,
): Promise<void> => {
  const { table } = management;
  const object = { caller: callerId };
  // First, as it may be urgent.
  if (disabled !== undefined) {
    const action = disabled ? 'caller disabled' : 'caller enabled';
    await under(management, action, object, () => setDisabled(table, callerId, disabled));
  }
  const { name, operator } = changes;
  if (name === undefined && operator === undefined) return;
  const rights = operator === undefined ? object : { ...object, operator: String(operator) };
  await under(management, 'caller changed', rights, () =>
    updateCaller(table, callerId, {
      ...(name !== undefined && { name }),
      ...(operator !== undefined && { operator }),
    }),
  );
};

/** Removes a caller with its policy; says whether there was one. Its jobs and outputs stay. */
export const removeManagedCaller = (management: CallerManagement, callerId: string): Promise<boolean> => {
  const { table, audit, actor } = management;
  const change = { ...actor, action: 'caller removed' as const, object: { caller: callerId } };
  const remove = async () => {
    const wasThere = await removeCaller(table, callerId);
    return (await removePolicy(table, callerId)) || wasThere;
  };
  return withAudit(audit, change, remove, (removed) => (removed ? 'done' : 'unchanged'));
};

/**
 * Gives a caller another secret.
 *
 * @throws {CallerChangeError} `caller_not_found` or `too_many_secrets`
 */
export const addManagedSecret = (management: CallerManagement, callerId: string): Promise<CallerWithSecret> =>
  under(management, 'secret made', { caller: callerId }, () => addSecret(management.table, callerId));

/**
 * Takes a secret from a caller, and with it the tokens that it got.
 *
 * @throws {CallerChangeError} `caller_not_found` or `secret_not_found`
 */
export const removeManagedSecret = (
  management: CallerManagement,
  callerId: string,
  secretId: string,
): Promise<Caller> => {
  const object = { caller: callerId, secretId };
  return under(management, 'secret removed', object, () => removeSecret(management.table, callerId, secretId));
};

/** Puts a policy in place of the one before; an empty one leaves the caller the defaults of the stage. */
export const setManagedPolicy = (management: CallerManagement, caller: string, policy: CallerPolicy): Promise<void> => {
  const rules = Object.keys(policy);
  return under(management, 'policy changed', { caller, rules: rules.join(',') }, async () => {
    if (rules.length === 0) await removePolicy(management.table, caller);
    else await putPolicy(management.table, caller, policy);
  });
};
