import * as z from 'zod';
import { callerPolicySchema } from '#shared/caller-policy.ts';
import { callerNameSchema } from '#shared/callers/caller.ts';
import { CallerChangeError, type CallerWithSecret, getCaller } from '#shared/callers/caller-store.ts';
import {
  addManagedCaller,
  addManagedSecret,
  type CallerManagement,
  changeManagedCaller,
  removeManagedCaller,
  removeManagedSecret,
  setManagedPolicy,
} from '#shared/callers/manage-callers.ts';
import { getPolicy, listPolicies } from '#shared/callers/policy-store.ts';
import { once } from '#shared/once.ts';
import type { ApiContext } from '../context.ts';
import { readBodyAs } from '../http/json-body.ts';
import { emptyResponse, jsonResponse, ProblemError } from '../http/problem.ts';
import type { ApiRequest } from '../http/request.ts';
import type { RouteDescription } from '../http/route-description.ts';
import type { Route } from '../http/router.ts';
import { callerView, newSecretView, readCallerId, unknownCaller, viewCaller, viewCallers } from './view.ts';

const maxBodyBytes = 64 * 1024;

const newCaller = once(() => z.strictObject({ name: callerNameSchema(), operator: z.boolean().default(false) }));

const callerChanges = once(() =>
  z.strictObject({
    name: callerNameSchema().optional(),
    operator: z.boolean().optional(),
    disabled: z.boolean().optional().meta({ description: 'Refuses its tokens within a minute; its jobs go on' }),
    policy: z
      .optional(callerPolicySchema())
      .meta({ description: 'In place of the one before; `{}` leaves the defaults of the stage' }),
  }),
);

const callerList = once(() => z.object({ callers: z.array(callerView()) }));

const theCaller = { 200: { description: 'The caller', content: { 'application/json': callerView } } };
const theSecret = {
  201: { description: 'The secret, shown this once only', content: { 'application/json': newSecretView } },
};

const describe = (
  summary: string,
  answers: RouteDescription['answers'],
  errors: RouteDescription['errors'],
): RouteDescription => ({ tag: 'Operation', summary: `${summary}; for operators`, answers, errors });

/** Who may call the gateway and what each caller may do, as `npm run callers` does it: for operators. */
export const callerRoutes = (context: Pick<ApiContext, 'callers' | 'audit' | 'settings'>): Route[] => {
  const { callers: table, audit, settings } = context;
  // In the other modes callers come from IAM or an identity provider, and only their policies are here.
  const hasCallers = settings.operators === 'callers' || settings.operators === 'everybody';
  const requireCallers = () => {
    if (hasCallers) return;
    throw new ProblemError(
      409,
      'callers_kept_elsewhere',
      'Callers of this stage come from IAM or an identity provider: only their policies are managed here.',
    );
  };
  const manage = (request: ApiRequest): CallerManagement => ({
    table,
    audit,
    actor: { actorKind: 'caller', actor: request.caller(), requestId: request.id },
  });
  const show = async (callerId: string): Promise<z.output<ReturnType<typeof callerView>>> => {
    const caller = hasCallers ? await getCaller(table, callerId) : undefined;
    if (caller !== undefined) return viewCaller(table, caller);
    const policy = hasCallers ? undefined : await getPolicy(table, callerId);
    if (policy === undefined) throw unknownCaller();
    return { callerId, policy };
  };
  return [
    {
      method: 'GET',
      path: '/callers',
      for: 'operators',
      describe: describe(
        'All callers',
        { 200: { description: 'All of them', content: { 'application/json': callerList } } },
        [403],
      ),
      handle: async () => {
        const views = hasCallers
          ? await viewCallers(table)
          : (await listPolicies(table)).map(({ caller, policy }) => ({ callerId: caller, policy }));
        return jsonResponse(200, { callers: views } satisfies z.output<ReturnType<typeof callerList>>);
      },
    },
    {
      method: 'POST',
      path: '/callers',
      for: 'operators',
      describe: {
        ...describe('Make a caller', theSecret, [403, 409, 413, 415, 422, 503]),
        body: { 'application/json': newCaller },
      },
      handle: async (request) => {
        requireCallers();
        const given = readBodyAs(newCaller, request.body, maxBodyBytes);
        return secretResponse(await addManagedCaller(manage(request), given));
      },
    },
    {
      method: 'GET',
      path: '/callers/{callerId}',
      for: 'operators',
      describe: describe('A caller, its secrets and its policy', theCaller, [403, 404]),
      handle: async (request) => jsonResponse(200, await show(readCallerId(request))),
    },
    {
      method: 'PUT',
      path: '/callers/{callerId}',
      for: 'operators',
      describe: {
        ...describe('Change what is given of a caller', theCaller, [403, 404, 409, 413, 415, 422, 503]),
        body: { 'application/json': callerChanges },
      },
      handle: async (request) => {
        const callerId = readCallerId(request);
        const { policy, ...changes } = readBodyAs(callerChanges, request.body, maxBodyBytes);
        if (Object.values(changes).some((value) => value !== undefined)) requireCallers();
        if (hasCallers) await show(callerId);
        await refusing(() => changeManagedCaller(manage(request), callerId, changes));
        if (policy === undefined) return jsonResponse(200, await show(callerId));
        await setManagedPolicy(manage(request), callerId, policy);
        return jsonResponse(200, hasCallers ? await show(callerId) : { callerId, policy });
      },
    },
    {
      method: 'DELETE',
      path: '/callers/{callerId}',
      for: 'operators',
      describe: describe('Remove a caller; its jobs and outputs stay', { 204: { description: 'Removed' } }, [403, 404]),
      handle: async (request) => {
        if (!(await removeManagedCaller(manage(request), readCallerId(request)))) throw unknownCaller();
        return emptyResponse(204);
      },
    },
    {
      method: 'POST',
      path: '/callers/{callerId}/secrets',
      for: 'operators',
      describe: describe('Give a caller a second secret', theSecret, [403, 404, 409, 503]),
      handle: async (request) => {
        requireCallers();
        return secretResponse(await refusing(() => addManagedSecret(manage(request), readCallerId(request))));
      },
    },
    {
      method: 'DELETE',
      path: '/callers/{callerId}/secrets/{secretId}',
      for: 'operators',
      describe: describe(
        'Take a secret from a caller, and with it the tokens that it got',
        { 204: { description: 'Removed' } },
        [403, 404, 409],
      ),
      handle: async (request) => {
        requireCallers();
        const secretId = request.params['secretId'] ?? '';
        await refusing(() => removeManagedSecret(manage(request), readCallerId(request), secretId));
        return emptyResponse(204);
      },
    },
  ];
};

const secretResponse = ({ caller: { callerId }, secret: { value, stored } }: CallerWithSecret) => {
  const body: z.output<ReturnType<typeof newSecretView>> = { callerId, secretId: stored.secretId, clientSecret: value };
  return jsonResponse(201, body);
};

/** @throws {ProblemError} 404 or 409 for what cannot be changed */
const refusing = async <Result>(change: () => Promise<Result>): Promise<Result> => {
  try {
    return await change();
  } catch (error) {
    if (!(error instanceof CallerChangeError)) throw error;
    if (error.code === 'caller_not_found') throw unknownCaller();
    throw new ProblemError(error.code === 'too_many_secrets' ? 409 : 404, error.code, error.message);
  }
};
