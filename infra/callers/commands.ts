import type { Table } from '#shared/aws/table.ts';
import { callerPolicySchema } from '#shared/caller-policy.ts';
import { type Caller, isCallerId } from '#shared/callers/caller.ts';
import {
  addSecret,
  type CallerWithSecret,
  createCaller,
  getCaller,
  listCallers,
  readSecretUse,
  removeCaller,
  removeSecret,
  setDisabled,
  updateCaller,
} from '#shared/callers/caller-store.ts';
import { getPolicy, putPolicy, removePolicy } from '#shared/callers/policy-store.ts';
import { CredentialsError, UsageError } from '../credentials/errors.ts';
import type { Prompt } from '../credentials/terminal.ts';
import type { CallersOptions, Verb } from './options.ts';
import { type CallerView, type Outcome, viewCaller } from './view.ts';

/** What the commands work with. */
export interface CallersContext {
  /** Of callers. */
  table: Table;
  options: CallersOptions;
  /** Undefined where nobody can be asked. */
  prompt: Prompt | undefined;
}

const shown = async (table: Table, caller: Caller): Promise<CallerView> =>
  viewCaller(caller, await readSecretUse(table, caller.callerId), await getPolicy(table, caller.callerId));

const withSecret = (done: string, { caller, secret }: CallerWithSecret): Outcome => ({
  done,
  secret: { clientId: caller.callerId, clientSecret: secret.value, secretId: secret.stored.secretId },
});

/** What each verb does; all throw CallerChangeError or CredentialsError if it cannot be done. */
export const commands: Record<Verb, (context: CallersContext, ...args: string[]) => Promise<Outcome>> = {
  add: async ({ table, options: { operator } }, name = '') => {
    const made = await createCaller(table, { name: name.trim(), operator });
    return withSecret(`Made the caller ${made.caller.name}.`, made);
  },
  list: async ({ table }) => {
    const callers = await listCallers(table);
    return { callers: await Promise.all(callers.map((caller) => shown(table, caller))) };
  },
  show: async ({ table }, named = '') => ({ callers: [await shown(table, await find(table, named))] }),
  rename: async ({ table }, named = '', name = '') => {
    const { callerId } = await find(table, named);
    await updateCaller(table, callerId, { name: name.trim() });
    return { done: `The caller ${callerId} is now called ${name.trim()}.` };
  },
  operator: async ({ table }, named = '', answer = '') => {
    if (answer !== 'yes' && answer !== 'no') throw new UsageError('operator takes yes or no.');
    const { callerId } = await find(table, named);
    await updateCaller(table, callerId, { operator: answer === 'yes' });
    return { done: `The caller ${callerId} is ${answer === 'yes' ? 'an' : 'no'} operator, within a minute.` };
  },
  policy: async ({ table, options }, named = '') => {
    const caller = (await tryFind(table, named))?.callerId ?? named;
    const before = options.clear ? {} : await getPolicy(table, caller);
    if (Object.keys(options.set).length === 0 && !options.clear) return { policy: before ?? {} };
    const changed = Object.entries({ ...before, ...options.set }).filter(([, value]) => value !== null);
    const policy = callerPolicySchema.parse(Object.fromEntries(changed));
    if (changed.length === 0) await removePolicy(table, caller);
    else await putPolicy(table, caller, policy);
    return { done: `Changed the policy of ${caller}; it holds within a minute.`, policy };
  },
  disable: async ({ table }, named = '') => {
    const { callerId } = await setDisabled(table, (await find(table, named)).callerId, true);
    return { done: `Disabled the caller ${callerId}: its tokens are refused within a minute. Its jobs go on.` };
  },
  enable: async ({ table }, named = '') => {
    const { callerId } = await setDisabled(table, (await find(table, named)).callerId, false);
    return { done: `Enabled the caller ${callerId}. It needs a new token.` };
  },
  remove: async ({ table, options, prompt }, named = '') => {
    const { callerId, name } = await find(table, named);
    await confirm(`Remove the caller ${name} (${callerId}) for good? Type its name: `, name, options, prompt);
    await removeCaller(table, callerId);
    await removePolicy(table, callerId);
    return { done: `Removed the caller ${callerId}. Its jobs and outputs stay.` };
  },
  'secret-add': async ({ table }, named = '') => {
    const { callerId } = await find(table, named);
    return withSecret(`The caller ${callerId} has another secret.`, await addSecret(table, callerId));
  },
  'secret-remove': async ({ table }, named = '', secretId = '') => {
    const { callerId } = await find(table, named);
    await removeSecret(table, callerId, secretId);
    return { done: `Removed the secret ${secretId}: tokens that it got are refused within a minute.` };
  },
};

const confirm = async (
  question: string,
  expected: string,
  { yes }: CallersOptions,
  prompt: Prompt | undefined,
): Promise<void> => {
  if (yes) return;
  if (prompt === undefined) throw new UsageError('There is no terminal to ask at: confirm with --yes.');
  if ((await prompt.ask(question)) !== expected) throw new CredentialsError('Not confirmed; nothing was changed.');
};

const tryFind = async (table: Table, named: string): Promise<Caller | undefined> => {
  if (isCallerId(named)) return getCaller(table, named);
  const called = (await listCallers(table)).filter(({ name }) => name === named);
  if (called.length > 1) {
    throw new CredentialsError(
      `${called.length} callers are called ${named}. Use an id: ${called.map(({ callerId }) => callerId).join(', ')}.`,
    );
  }
  return called[0];
};

const find = async (table: Table, named: string): Promise<Caller> => {
  const caller = await tryFind(table, named);
  if (caller === undefined)
    throw new CredentialsError(`There is no caller ${named}. "list" shows all.`, 'caller_not_found');
  return caller;
};
