import * as z from 'zod';
import { condition } from '../aws/expressions.ts';
import { createItemParser, parseEach } from '../aws/items.ts';
import { getItem, putItem, queryItems, removeItem, type Table } from '../aws/table.ts';
import { type CallerPolicy, callerPolicySchema } from '../caller-policy.ts';
import { callerPartitions } from '../deployment/tables.ts';
import { once } from '../once.ts';

const policyItem = once(() => z.object({ caller: z.string(), policy: callerPolicySchema(), updatedAt: z.string() }));

/** The policy of a caller, and when it was last changed (ISO time). */
export type StoredPolicy = z.output<ReturnType<typeof policyItem>>;

const parsePolicy = createItemParser(policyItem);

const policyKey = (caller: string) => ({ pk: callerPartitions.policies, sk: caller });

/**
 * Reads what a caller may do as it is now; undefined where only the defaults of the stage hold.
 *
 * @param caller the id of a caller, or in modes `iam` and `jwt` the identity as jobs bear it
 */
export const getPolicy = async (table: Table, caller: string): Promise<CallerPolicy | undefined> =>
  (await getStoredPolicy(table, caller))?.policy;

/** The same with the time at which it was set. */
export const getStoredPolicy = async (table: Table, caller: string): Promise<StoredPolicy | undefined> => {
  const item = await getItem(table, policyKey(caller));
  return item && parsePolicy(item);
};

/** All policies as they are now, by caller. */
export const listPolicies = async (table: Table): Promise<StoredPolicy[]> => {
  const items = [];
  const where = condition`#pk = ${callerPartitions.policies}`;
  for await (const item of queryItems(table, { where, consistent: true })) items.push(item);
  return parseEach(table, items, parsePolicy).parsed;
};

/** Puts a policy in place of the one before. */
export const putPolicy = async (table: Table, caller: string, policy: CallerPolicy): Promise<void> => {
  await putItem(table, { ...policyKey(caller), caller, policy, updatedAt: new Date(table.clock.now()).toISOString() });
};

/** Takes a caller's policy away, so that only the defaults of the stage hold; says whether there was one. */
export const removePolicy = (table: Table, caller: string): Promise<boolean> =>
  removeItem(table, policyKey(caller), condition`attribute_exists(#pk)`);
