import type { Table } from '#shared/aws/table.ts';
import { callerPolicySchema } from '#shared/caller-policy.ts';
import { type Caller, isCallerId } from '#shared/callers/caller.ts';
import { type CallerWithSecret, getCaller, listCallers, readSecretUse } from '#shared/callers/caller-store.ts';
import {
  addManagedCaller,
  addManagedSecret,
  type CallerManagement,
  changeManagedCaller,
  removeManagedCaller,
  removeManagedSecret,
  setManagedPolicy,
} from '#shared/callers/manage-callers.ts';
import { type PauseManagement, pauseManagedCaller, resumeManagedCaller } from '#shared/callers/manage-pauses.ts';
import { getPolicy } from '#shared/callers/policy-store.ts';
import { CredentialsError, UsageError } from '../credentials/errors.ts';
import type { Prompt } from '../credentials/terminal.ts';
import type { CallersOptions, Verb } from './options.ts';
import { type CallerView, type Outcome, viewCaller } from './view.ts';

/** What the commands work with. */
export interface CallersContext extends CallerManagement, PauseManagement {
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
  add: async (context, name = '') => {
    const { operator } = context.options;
    const made = await addManagedCaller(context, { name: name.trim(), operator });
    return withSecret(`Made the caller ${made.caller.name}.`, made);
  },
  list: async ({ table }) => {
    const callers = await listCallers(table);
    return { callers: await Promise.all(callers.map((caller) => shown(table, caller))) };
  },
  show: async ({ table }, named = '') => ({ callers: [await shown(table, await find(table, named))] }),
  rename: async (context, named = '', name = '') => {
    const { callerId } = await find(context.table, named);
    await changeManagedCaller(context, callerId, { name: name.trim() });
    return { done: `The caller ${callerId} is now called ${name.trim()}.` };
  },
  operator: async (context, named = '', answer = '') => {
    if (answer !== 'yes' && answer !== 'no') throw new UsageError('operator takes yes or no.');
    const { callerId } = await find(context.table, named);
    await changeManagedCaller(context, callerId, { operator: answer === 'yes' });
    return { done: `The caller ${callerId} is ${answer === 'yes' ? 'an' : 'no'} operator, within a minute.` };
  },
  policy: async (context, named = '') => {
    const { table, options } = context;
    const caller = await findAny(table, named);
    const before = options.clear ? {} : await getPolicy(table, caller);
    if (Object.keys(options.set).length === 0 && !options.clear) return { policy: before ?? {} };
    const changed = Object.entries({ ...before, ...options.set }).filter(([, value]) => value !== null);
    const policy = callerPolicySchema().parse(Object.fromEntries(changed));
    await setManagedPolicy(context, caller, policy);
    return { done: `Changed the policy of ${caller}; it holds within a minute.`, policy };
  },
  disable: async (context, named = '') => {
    const { callerId } = await find(context.table, named);
    await changeManagedCaller(context, callerId, { disabled: true });
    return { done: `Disabled the caller ${callerId}: its tokens are refused within a minute. Its jobs go on.` };
  },
  enable: async (context, named = '') => {
    const { callerId } = await find(context.table, named);
    await changeManagedCaller(context, callerId, { disabled: false });
    return { done: `Enabled the caller ${callerId}. It needs a new token.` };
  },
  pause: async (context, named = '') => {
    const caller = await findAny(context.table, named);
    const { reason } = context.options;
    return (await pauseManagedCaller(context, caller, reason))
      ? { done: `Paused the caller ${caller}: its jobs are kept, and get no turns until it is resumed.` }
      : { done: `The caller ${caller} was paused already; nothing was changed.` };
  },
  resume: async (context, named = '') => {
    const caller = await findAny(context.table, named);
    return (await resumeManagedCaller(context, caller))
      ? { done: `Resumed the caller ${caller}: its jobs get turns again within a minute.` }
      : { done: `The caller ${caller} was not paused; nothing was changed.` };
  },
  remove: async (context, named = '') => {
    const { table, options, prompt } = context;
    const { callerId, name } = await find(table, named);
    await confirm(`Remove the caller ${name} (${callerId}) for good? Type its name: `, name, options, prompt);
    await removeManagedCaller(context, callerId);
    return { done: `Removed the caller ${callerId}. Its jobs and outputs stay.` };
  },
  'secret-add': async (context, named = '') => {
    const { callerId } = await find(context.table, named);
    return withSecret(`The caller ${callerId} has another secret.`, await addManagedSecret(context, callerId));
  },
  'secret-remove': async (context, named = '', secretId = '') => {
    const { callerId } = await find(context.table, named);
    await removeManagedSecret(context, callerId, secretId);
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

/** The id of a caller that has a record, else what was named: callers of IAM and of an identity provider have none here. */
const findAny = async (table: Table, named: string): Promise<string> =>
  (await tryFind(table, named))?.callerId ?? named;

const find = async (table: Table, named: string): Promise<Caller> => {
  const caller = await tryFind(table, named);
  if (caller === undefined)
    throw new CredentialsError(`There is no caller ${named}. "list" shows all.`, 'caller_not_found');
  return caller;
};
