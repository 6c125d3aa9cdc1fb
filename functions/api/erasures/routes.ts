import * as z from 'zod';
import { tryTriggerDispatch } from '#shared/aws/invoke-functions.ts';
import { type Erasure, listErasures, requestErasure } from '#shared/erasing/erasure.ts';
import { once } from '#shared/once.ts';
import type { ApiContext } from '../context.ts';
import { auditChange } from '../http/audit.ts';
import { invalidBody, readBodyAs, unicode } from '../http/json-body.ts';
import { jsonResponse } from '../http/problem.ts';
import type { Route } from '../http/router.ts';

const maxBodyBytes = 8 * 1024;
const maxNameLength = 1_024;

// The name stands in the body, not in the path: it may have slashes, and paths are logged.
const erasureRequest = once(() =>
  z.strictObject({
    caller: unicode(z.string().min(1).max(maxNameLength)).meta({ description: 'As `GET /queue` and events name it' }),
    confirm: z.string().meta({ description: 'The same name once more' }),
  }),
);

/** One erasure, as operators see it. */
export const erasureSchema = once(() =>
  z
    .object({
      erasureId: z.uuid().meta({ description: 'The same for the same caller' }),
      caller: z.string().optional().meta({ description: 'Forgotten once the erasure is over' }),
      status: z.enum(['erasing', 'erased']),
      requestedAt: z.iso.datetime().meta({ description: 'What is made later is not erased' }),
      by: z.string().optional(),
      updatedAt: z.iso.datetime(),
      finishedAt: z.iso.datetime().optional(),
      waitsFor: z.int().optional().meta({ description: 'Jobs and batches that are being cancelled or erased' }),
    })
    .meta({ id: 'Erasure' }),
);

const erasureList = once(() => z.object({ erasures: z.array(erasureSchema()) }));

const viewErasure = ({
  name,
  state,
  subject: _,
  run: __,
  ...erasure
}: Erasure): z.output<ReturnType<typeof erasureSchema>> => ({
  ...erasure,
  caller: name,
  status: state,
});

/** Erasing everything of a caller: for operators. */
export const erasureRoutes = (context: Pick<ApiContext, 'table' | 'audit' | 'log' | 'triggerDispatch'>): Route[] => [
  {
    method: 'POST',
    path: '/erasures',
    for: 'operators',
    describe: {
      tag: 'Operation',
      summary: 'Erase everything of a caller; for operators',
      description:
        'Jobs, outputs, batches, files, uploads, webhooks and their messages, counters. What has not ended is cancelled first. Repeating the call changes nothing while the erasure goes on, and begins anew once it is over.',
      body: { 'application/json': erasureRequest },
      answers: { 202: { description: 'How far it is', content: { 'application/json': erasureSchema } } },
      errors: [403, 413, 415, 422],
    },
    handle: async (request) => {
      const { table } = context;
      const { caller, confirm } = readBodyAs(erasureRequest, request.body, maxBodyBytes);
      if (confirm !== caller) {
        throw invalidBody([{ loc: ['body', 'confirm'], msg: 'is not the name of the caller', type: 'value_error' }]);
      }
      const erasure = await requestErasure(table, 'caller', caller, request.caller());
      await auditChange(context, request, 'caller erased', { erasureId: erasure.erasureId });
      await tryTriggerDispatch(context);
      return jsonResponse(202, viewErasure(erasure));
    },
  },
  {
    method: 'GET',
    path: '/erasures',
    for: 'operators',
    describe: {
      tag: 'Operation',
      summary: 'Erasures of callers that go on, or ended in the last 30 days; for operators',
      answers: { 200: { description: 'All of them', content: { 'application/json': erasureList } } },
      errors: [403],
    },
    handle: async () => {
      const body: z.output<ReturnType<typeof erasureList>> = {
        erasures: (await listErasures(context.table)).map(viewErasure),
      };
      return jsonResponse(200, body);
    },
  },
];
