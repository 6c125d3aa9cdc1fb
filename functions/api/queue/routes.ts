import * as z from 'zod';
import { tryTriggerDispatch } from '#shared/aws/invoke-functions.ts';
import { isHolding, listCallerPauses } from '#shared/jobs/lanes/caller-pauses.ts';
import { pauseByOperator, resumeByOperator } from '#shared/jobs/lanes/pauses.ts';
import { once } from '#shared/once.ts';
import { viewCallerPause } from '../callers/pause.ts';
import type { ApiContext } from '../context.ts';
import { changeAudited } from '../http/audit.ts';
import { readBodyAs, unicode } from '../http/json-body.ts';
import { jsonResponse } from '../http/problem.ts';
import type { ApiRequest } from '../http/request.ts';
import type { Route } from '../http/router.ts';
import { queueState, viewQueue } from './view.ts';

const maxPauseBytes = 4_096;

// What an operator may say about a pause.
const pauseRequest = once(() => z.strictObject({ reason: unicode(z.string().min(1).max(500)).optional() }));

const theQueue = { description: 'The queue', content: { 'application/json': queueState } };

/** Looking at the queue, stopping it and starting it again: for operators. Each answers with the queue as it is then. */
export const queueRoutes = (context: ApiContext): Route[] => {
  const { table, lanes, log } = context;
  const view = async () => {
    const pauses = await listCallerPauses(table);
    const body: z.output<ReturnType<typeof queueState>> = {
      lanes: await Promise.all([...lanes.values()].map(viewQueue)),
      pausedCallers: pauses.filter(isHolding).map((pause) => ({ caller: pause.caller, ...viewCallerPause(pause) })),
    };
    return jsonResponse(200, body);
  };
  return [
    {
      method: 'GET',
      path: '/queue',
      for: 'operators',
      describe: {
        tag: 'Operation',
        summary: 'What waits, what holds it up, and until when; for operators',
        answers: { 200: theQueue },
        errors: [403],
      },
      handle: view,
    },
    {
      method: 'PUT',
      path: '/queue/pause',
      for: 'operators',
      describe: {
        tag: 'Operation',
        summary: 'Submit nothing until the queue is resumed; for operators',
        description:
          'What Adobe has goes on and is stored; requests are taken in. Pausing a paused queue changes nothing.',
        body: { 'application/json': pauseRequest },
        answers: { 200: theQueue },
        errors: [403, 413, 415, 422],
      },
      handle: async (request: ApiRequest) => {
        // The body may be empty.
        const { reason } = request.body.body ? readBodyAs(pauseRequest, request.body, maxPauseBytes) : {};
        const by = request.caller();
        const pause = () => pauseByOperator(table, { by, reason });
        if (await changeAudited(context, request, { action: 'queue paused' }, pause)) {
          log.warn('An operator has paused the queue.', { by });
        }
        return view();
      },
    },
    {
      method: 'PUT',
      path: '/queue/resume',
      for: 'operators',
      describe: {
        tag: 'Operation',
        summary: "End an operator's pause, and try again what Adobe refused; for operators",
        description:
          'Where Adobe refused all work, one job is tried at once; if it is accepted, the others follow. A rate limit of ' +
          'Adobe stays. Resuming a queue that is not paused changes nothing.',
        answers: { 200: theQueue },
        errors: [403],
      },
      handle: async (request: ApiRequest) => {
        const by = request.caller();
        const resume = () => resumeByOperator(table, lanes);
        if (await changeAudited(context, request, { action: 'queue resumed' }, resume)) {
          log.warn('An operator has resumed the queue.', { by });
        }
        // Even if it was resumed before: that call may have ended before it got here.
        await tryTriggerDispatch(context);
        return view();
      },
    },
  ];
};
