import { type Condition, condition } from '../aws/expressions.ts';
import { createItemParser, parseEach } from '../aws/items.ts';
import { getItem, putItem, putNew, queryItems, removeItem, type Table, updateItem } from '../aws/table.ts';
import { callerPartitions } from '../deployment/tables.ts';
import { GatewayError } from '../errors.ts';
import { type Caller, callerSchema, createCallerId, maxCallerSecrets, type StoredSecret } from './caller.ts';
import { createCallerSecret, type NewSecret } from './caller-secret.ts';

const parseCaller = createItemParser(callerSchema);

const callerKey = (callerId: string) => ({ pk: callerPartitions.callers, sk: callerId });

/** A change to a caller cannot be made; the code says why. */
export class CallerChangeError extends GatewayError {}

/** A caller that has just been given a secret; its value is nowhere else. */
export interface CallerWithSecret {
  caller: Caller;
  secret: NewSecret;
}

/**
 * Reads a caller as it is now; undefined if there is none of this id.
 *
 * @throws {UnreadableItemError} if the item is not a whole caller
 */
export const getCaller = async (table: Table, callerId: string): Promise<Caller | undefined> => {
  const item = await getItem(table, callerKey(callerId));
  return item && parseCaller(item);
};

/** All callers as they are now, by id. */
export const listCallers = async (table: Table): Promise<Caller[]> => {
  const items = [];
  const where = condition`#pk = ${callerPartitions.callers}`;
  for await (const item of queryItems(table, { where, consistent: true })) items.push(item);
  return parseEach(table, items, parseCaller).parsed;
};

/** Writes a new caller with its first secret. */
export const createCaller = async (
  table: Table,
  { name, operator, callerId = createCallerId() }: Pick<Caller, 'name' | 'operator'> & { callerId?: string },
): Promise<CallerWithSecret> => {
  const secret = createCallerSecret(table.clock.now());
  const now = new Date(table.clock.now()).toISOString();
  const caller: Caller = {
    callerId,
    name,
    operator,
    disabled: false,
    secrets: [secret.stored],
    createdAt: now,
    updatedAt: now,
    revision: 1,
  };
  await putNew(table, { ...callerKey(caller.callerId), ...caller });
  return { caller, secret };
};

/**
 * Changes what is given, and nothing else.
 *
 * @throws {CallerChangeError} `caller_not_found`
 */
export const updateCaller = (
  table: Table,
  callerId: string,
  changes: Partial<Pick<Caller, 'name' | 'operator'>>,
): Promise<Caller> => change(table, callerId, (caller) => ({ ...caller, ...changes }));

/**
 * Disables or enables a caller. Tokens that it had when it was disabled stay refused once it is enabled again.
 *
 * @throws {CallerChangeError} `caller_not_found`
 */
export const setDisabled = (table: Table, callerId: string, disabled: boolean): Promise<Caller> =>
  change(table, callerId, (caller) =>
    disabled ? { ...caller, disabled, tokensNotBefore: toNow(table) } : { ...caller, disabled },
  );

/**
 * Gives a caller another secret.
 *
 * @throws {CallerChangeError} `caller_not_found`, or `too_many_secrets` if it has two
 */
export const addSecret = async (table: Table, callerId: string): Promise<CallerWithSecret> => {
  const secret = createCallerSecret(table.clock.now());
  const caller = await change(table, callerId, (before) => {
    if (before.secrets.length >= maxCallerSecrets) {
      throw new CallerChangeError(
        'too_many_secrets',
        `The caller ${callerId} has ${maxCallerSecrets} secrets. Remove one first.`,
      );
    }
    return { ...before, secrets: [secret.stored, ...before.secrets] };
  });
  return { caller, secret };
};

/**
 * Takes a secret from a caller. Tokens that were got with it are refused from then on, those got with its other secret are not.
 *
 * @throws {CallerChangeError} `caller_not_found` or `secret_not_found`
 */
export const removeSecret = (table: Table, callerId: string, secretId: string): Promise<Caller> =>
  change(table, callerId, (caller) => {
    const secrets = caller.secrets.filter((secret) => secret.secretId !== secretId);
    if (secrets.length === caller.secrets.length) {
      throw new CallerChangeError('secret_not_found', `The caller ${callerId} has no secret ${secretId}.`);
    }
    return { ...caller, secrets };
  });

/** Removes a caller; says whether there was one. Its jobs and outputs stay. */
export const removeCaller = (table: Table, callerId: string): Promise<boolean> =>
  removeItem(table, callerKey(callerId), condition`attribute_exists(#pk)`);

const toNow = ({ clock }: Pick<Table, 'clock'>): string => new Date(clock.now()).toISOString();

// Read, change, write if nothing came between: a list cannot be changed in place under a condition on its length and content.
const change = async (table: Table, callerId: string, edit: (caller: Caller) => Caller): Promise<Caller> => {
  for (;;) {
    const caller = await getCaller(table, callerId);
    if (caller === undefined) {
      throw new CallerChangeError('caller_not_found', `There is no caller ${callerId}.`);
    }
    const changed = { ...edit(caller), updatedAt: toNow(table), revision: caller.revision + 1 };
    const item = { ...callerKey(callerId), ...changed };
    if (await putItem(table, item, condition`#revision = ${caller.revision}`)) return changed;
  }
};

const useKey = (callerId: string, { secretId }: Pick<StoredSecret, 'secretId'>) => ({
  pk: callerPartitions.secretUse,
  sk: `${callerId}#${secretId}`,
});

/** Notes that a secret was used, to the hour: one write an hour at most. */
export const recordSecretUse = async (table: Table, callerId: string, secretId: string): Promise<void> => {
  const lastUsedHour = `${toNow(table).slice(0, 13)}:00:00.000Z`;
  await updateItem(table, useKey(callerId, { secretId }), {
    set: { lastUsedHour },
    when: condition`attribute_not_exists(#lastUsedHour) OR #lastUsedHour < ${lastUsedHour}`,
  });
};

/** When secrets were last used, ISO times to the hour, by the ids of the secrets. */
export type SecretUse = Readonly<Record<string, string>>;

/** When each secret of a caller was last used. */
export const readSecretUse = (table: Table, callerId: string): Promise<SecretUse> =>
  listUses(table, condition`#pk = ${callerPartitions.secretUse} AND begins_with(#sk, ${`${callerId}#`})`);

/** When each secret of all callers was last used: ids of secrets are random. */
export const listSecretUse = (table: Table): Promise<SecretUse> =>
  listUses(table, condition`#pk = ${callerPartitions.secretUse}`);

const listUses = async (table: Table, where: Condition): Promise<SecretUse> => {
  const uses: Record<string, string> = {};
  for await (const { sk, lastUsedHour } of queryItems(table, { where })) {
    uses[String(sk).replace(/^.*#/, '')] = String(lastUsedHour);
  }
  return uses;
};
