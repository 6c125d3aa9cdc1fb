import * as z from 'zod';
import { meta } from 'zod/mini';
import { getItem } from '#shared/aws/table.ts';
import { callerPolicySchema } from '#shared/caller-policy.ts';
import { openBatches, queuedJobs } from '#shared/callers/admission.ts';
import { endOfDay, readRequests } from '#shared/callers/daily-requests.ts';
import { type PlaceKind, readPlaces, recountPlaces } from '#shared/callers/places.ts';
import { readCallerPause } from '#shared/jobs/lanes/caller-pauses.ts';
import { once } from '#shared/once.ts';
import { startOfNextMonth } from '#shared/usage/budget.ts';
import { type Budget, type BudgetRule, budgetAttributes, budgetKey } from '#shared/usage/budget-items.ts';
import { listWebhooks, maxWebhooks } from '#shared/webhooks/webhook-store.ts';
import type { ApiContext } from '../context.ts';
import { isOperator } from '../http/operators.ts';
import { jsonResponse, toIso } from '../http/problem.ts';
import type { Route } from '../http/router.ts';
import { toPausedSince } from './pause.ts';

const count = once(() =>
  z.object({
    limit: z.int(),
    used: z.int().meta({ description: 'What counts against the limit; never less than there is' }),
    resetsAt: z.iso.datetime().optional().meta({ description: 'When it begins at 0 again' }),
  }),
);

const costCount = once(() =>
  z.object({
    limit: z.number(),
    used: z.number().meta({ description: 'Operations that jobs have cost, or are reserved for those that go on' }),
    resetsAt: z.iso.datetime(),
  }),
);

/** A caller as it sees itself. */
export const callerView = once(() =>
  z.object({
    caller: z.string().meta({ description: 'How your jobs, events and reports name you' }),
    policy: callerPolicySchema().check(
      meta({ description: 'The rules in force: your own, and those of the stage where you have none' }),
    ),
    operator: z.boolean().optional().meta({
      description: 'Whether you may use the calls for operators; absent where IAM decides it for each call',
    }),
    pausedSince: z.iso.datetime().optional().meta({
      description: 'An operator has paused you since then: your jobs are kept, and get no turns until you are resumed',
    }),
    counts: z.object({
      requestsPerDay: count().optional(),
      operationsPerDay: costCount().optional(),
      operationsPerMonth: costCount().optional(),
      queuedJobs: count().optional(),
      openBatches: count().optional(),
      webhooks: count(),
    }),
  }),
);

type MeContext = Pick<ApiContext, 'table' | 'readPolicy' | 'webhooks'> & {
  settings: Pick<ApiContext['settings'], 'operators'>;
};

/** What a caller may do, and how much of it is used. */
export const meRoute = (context: MeContext): Route => ({
  method: 'GET',
  path: '/callers/me',
  describe: {
    tag: 'Callers',
    summary: 'What you may do, and how much of it you have used',
    answers: { 200: { description: 'Your policy', content: { 'application/json': callerView } } },
  },
  handle: async (request) => {
    const caller = request.caller();
    const { table, webhooks } = context;
    const { since: _, ...policy } = await context.readPolicy(caller);
    const view: z.output<ReturnType<typeof callerView>> = {
      caller,
      policy,
      operator: isOperator(context.settings.operators, request),
      pausedSince: toPausedSince(await readCallerPause(table, caller)),
      counts: {
        requestsPerDay:
          policy.requestsPerDay === undefined
            ? undefined
            : {
                limit: policy.requestsPerDay,
                used: await readRequests(table, caller),
                resetsAt: toIso(endOfDay(table.clock.now())),
              },
        ...(await viewBudget(table, caller, policy)),
        queuedJobs: await viewPlaces(table, queuedJobs, caller, policy.queuedJobs),
        openBatches: await viewPlaces(table, openBatches, caller, policy.openBatches),
        webhooks: {
          limit: Math.min(maxWebhooks, policy.webhooks ?? maxWebhooks),
          used: (await listWebhooks(webhooks.table, caller)).length,
        },
      },
    };
    return jsonResponse(200, view);
  },
});

const viewBudget = async (
  table: ApiContext['table'],
  caller: string,
  { operationsPerDay, operationsPerMonth }: Budget,
): Promise<Partial<Record<BudgetRule, z.output<ReturnType<typeof costCount>>>>> => {
  if (operationsPerDay === undefined && operationsPerMonth === undefined) return {};
  const now = table.clock.now();
  const at = new Date(now).toISOString();
  const counter = (await getItem(table, budgetKey(caller, at))) ?? {};
  const view = (rule: BudgetRule, limit: number | undefined, resetsAt: number) =>
    limit === undefined
      ? undefined
      : {
          limit,
          used: Number(counter[budgetAttributes(at)[rule]] ?? 0) / 1_000,
          resetsAt: new Date(resetsAt).toISOString(),
        };
  return {
    operationsPerDay: view('operationsPerDay', operationsPerDay, endOfDay(now)),
    operationsPerMonth: view('operationsPerMonth', operationsPerMonth, startOfNextMonth(at)),
  };
};

const viewPlaces = async (
  table: ApiContext['table'],
  kind: PlaceKind,
  caller: string,
  limit: number | undefined,
): Promise<z.output<ReturnType<typeof count>> | undefined> => {
  if (limit === undefined) return undefined;
  await recountPlaces(table, kind, caller);
  return { limit, used: await readPlaces(table, kind, caller) };
};
