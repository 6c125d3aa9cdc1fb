import * as z from 'zod';
import { tryTriggerDispatch } from '#shared/aws/invoke-functions.ts';
import { pauseManagedCaller, resumeManagedCaller } from '#shared/callers/manage-pauses.ts';
import { type CallerPause, readCallerPause } from '#shared/jobs/lanes/caller-pauses.ts';
import { once } from '#shared/once.ts';
import type { ApiContext } from '../context.ts';
import { audit } from '../http/audit.ts';
import { readBodyAs, unicode } from '../http/json-body.ts';
import { jsonResponse, toIso } from '../http/problem.ts';
import type { ApiRequest } from '../http/request.ts';
import type { Route } from '../http/router.ts';
import { readCallerId } from './view.ts';

const maxBodyBytes = 4_096;

// What an operator may say about a pause.
const pauseRequest = once(() => z.strictObject({ reason: unicode(z.string().min(1).max(500)).optional() }));

/** The pause of a caller, as operators see it. */
export const callerPauseView = once(() =>
  z
    .object({
      state: z.enum(['paused', 'resuming', 'returning']).meta({
        description: '`resuming` and `returning`: the caller was resumed, and its jobs are coming back into the queue',
      }),
      since: z.iso.datetime(),
      by: z.string(),
      reason: z.string().optional().meta({ description: "In the operator's own words" }),
    })
    .meta({ id: 'CallerPause' }),
);

/** Whether a caller is paused. */
export const pausedCaller = once(() =>
  z.object({ callerId: z.string(), pause: callerPauseView().optional() }).meta({ id: 'PausedCaller' }),
);

export const viewCallerPause = ({
  state,
  since,
  by,
  reason,
}: CallerPause): z.output<ReturnType<typeof callerPauseView>> => ({
  state,
  since: new Date(since).toISOString(),
  by,
  reason,
});

type PauseContext = Pick<ApiContext, 'table' | 'lanes' | 'audit' | 'log' | 'triggerDispatch'>;

/** Keeping the jobs of one caller from their turns, and letting them have them again: for operators, in every auth mode. */
export const callerPauseRoutes = (context: PauseContext): Route[] => {
  const { table, lanes, log } = context;
  const manage = (request: ApiRequest) => ({
    jobs: table,
    lanes: [...lanes.keys()],
    audit: context.audit,
    actor: { actorKind: 'caller' as const, actor: request.caller(), requestId: request.id },
  });
  const show = async (callerId: string) => {
    const pause = await readCallerPause(table, callerId);
    const body: z.output<ReturnType<typeof pausedCaller>> = { callerId, pause: pause && viewCallerPause(pause) };
    return jsonResponse(200, body);
  };
  const theCaller = { 200: { description: 'The caller', content: { 'application/json': pausedCaller } } };
  return [
    {
      method: 'PUT',
      path: '/callers/{callerId}/pause',
      for: 'operators',
      describe: {
        tag: 'Operation',
        summary: 'Give no job of a caller a turn until the caller is resumed; for operators',
        description:
          'Its jobs are kept, those of its batches and those that it sends later too; what Adobe has goes on. The caller is ' +
          'named as its jobs bear it, in every auth mode, and need not be known. Pausing a paused caller changes nothing.',
        body: { 'application/json': pauseRequest },
        answers: theCaller,
        errors: [403, 404, 413, 415, 422],
      },
      handle: async (request) => {
        const callerId = readCallerId(request);
        // The body may be empty.
        const { reason } = request.body.body ? readBodyAs(pauseRequest, request.body, maxBodyBytes) : {};
        if (await pauseManagedCaller(manage(request), callerId, reason)) {
          audit(log, request, 'caller paused', { pausedCaller: callerId });
        }
        return show(callerId);
      },
    },
    {
      method: 'PUT',
      path: '/callers/{callerId}/resume',
      for: 'operators',
      describe: {
        tag: 'Operation',
        summary: 'Give the jobs of a paused caller turns again; for operators',
        description:
          'They come back behind the jobs of others as they stood before the pause. Resuming a caller that is not paused ' +
          'changes nothing.',
        answers: theCaller,
        errors: [403, 404, 503],
      },
      handle: async (request) => {
        const callerId = readCallerId(request);
        if (await resumeManagedCaller(manage(request), callerId)) {
          audit(log, request, 'caller resumed', { pausedCaller: callerId });
        }
        // Even if it was resumed before: that call may have ended before it got here.
        await tryTriggerDispatch(context);
        return show(callerId);
      },
    },
  ];
};

/** When a caller was paused, as the caller itself sees it; undefined once it gets turns again. */
export const toPausedSince = (pause: CallerPause | undefined): string | undefined =>
  pause === undefined || pause.state === 'returning' ? undefined : toIso(pause.since);
