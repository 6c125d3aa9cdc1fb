import * as z from 'zod';
import { tryTriggerDispatch } from '#shared/aws/invoke-functions.ts';
import { getBatch } from '#shared/batches/batch-store.ts';
import { getJob } from '#shared/jobs/job-store.ts';
import { countByCaller } from '#shared/jobs/lanes/callers.ts';
import { once } from '#shared/once.ts';
import { cancelBatch } from '../batches/cancel.ts';
import { requireKept, unknownBatch } from '../batches/find.ts';
import { callerPauseView, viewCallerPause } from '../callers/pause.ts';
import type { ApiContext } from '../context.ts';
import { auditChange } from '../http/audit.ts';
import { emptyResponse, jsonResponse } from '../http/problem.ts';
import { readId } from '../http/request.ts';
import type { Route } from '../http/router.ts';
import { cancelFoundJob } from '../jobs/cancel.ts';
import { unknownJob } from '../jobs/get.ts';

/** Whose jobs fill the queue. */
export const queueCallers = once(() =>
  z
    .object({
      callers: z.array(
        z.object({
          caller: z.string(),
          waiting: z.int(),
          running: z.int(),
          pause: callerPauseView().optional().meta({ description: 'Set while the caller is paused' }),
        }),
      ),
      isMinimum: z.boolean().meta({ description: 'True where there are more jobs than were counted' }),
    })
    .meta({ id: 'QueueCallers' }),
);

/** Whose jobs fill the queue, and ending them whoever they belong to: for operators. */
export const interventionRoutes = (context: ApiContext): Route[] => [
  {
    method: 'GET',
    path: '/queue/callers',
    for: 'operators',
    describe: {
      tag: 'Operation',
      summary: 'Whose jobs wait and run, those with the most first; for operators',
      description:
        'Counts up to 1,000 waiting jobs of each lane, from the head of the queue, 1,000 of each paused caller, and 1,000 that have a turn.',
      answers: { 200: { description: 'By caller', content: { 'application/json': queueCallers } } },
      errors: [403],
    },
    handle: async () => {
      const { callers, isMinimum } = await countByCaller(context.table, [...context.lanes.keys()]);
      const counts: z.output<ReturnType<typeof queueCallers>> = {
        callers: callers.map(({ pause, ...counted }) => ({ ...counted, pause: pause && viewCallerPause(pause) })),
        isMinimum,
      };
      return jsonResponse(200, counts);
    },
  },
  {
    method: 'PUT',
    path: '/queue/cancel-job/{jobId}',
    for: 'operators',
    describe: {
      tag: 'Operation',
      summary: 'Cancel a job of any caller; for operators',
      answers: { 200: { description: 'It has ended, or Adobe is asked to end it' } },
      errors: [403, 404, 409],
    },
    handle: async (request) => {
      const jobId = readId(request, 'jobId');
      const job = jobId === undefined ? undefined : await getJob(context.table, jobId);
      if (job === undefined) throw unknownJob();
      await cancelFoundJob(context, job, () =>
        auditChange(context, request, 'job cancelled by operator', { jobId: job.jobId }),
      );
      return emptyResponse(200);
    },
  },
  {
    method: 'PUT',
    path: '/queue/cancel-batch/{batchId}',
    for: 'operators',
    describe: {
      tag: 'Operation',
      summary: 'Cancel a batch of any caller; for operators',
      answers: { 202: { description: 'Its jobs are being cancelled' } },
      errors: [403, 404, 409],
    },
    handle: async (request) => {
      const batchId = readId(request, 'batchId');
      const batch = batchId === undefined ? undefined : await getBatch(context.table, batchId);
      if (batch === undefined) throw unknownBatch();
      const asked = await cancelBatch(context.table, requireKept(batch));
      await auditChange(context, request, 'batch cancelled by operator', { batchId: asked.batchId });
      await tryTriggerDispatch(context);
      return emptyResponse(202);
    },
  },
];
