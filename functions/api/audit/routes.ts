import * as z from 'zod';
import { auditActions, auditEntrySchema } from '#shared/audit/entry.ts';
import { type AuditSearch, listEntries } from '#shared/audit/list-entries.ts';
import { once } from '#shared/once.ts';
import type { ApiContext } from '../context.ts';
import { decodeCursor, encodeCursor, nextCursor, pageQuery, parameterProblem, readLimit } from '../http/pagination.ts';
import { jsonResponse, toIso } from '../http/problem.ts';
import type { ApiRequest } from '../http/request.ts';
import type { Route } from '../http/router.ts';

const defaultDays = 7;
const dayMs = 86_400_000;

const time = once(() => z.union([z.iso.date(), z.iso.datetime({ offset: true })]));

const auditQuery = once(() =>
  z.object({
    from: time()
      .optional()
      .meta({ description: `A time or a day (UTC), inclusive; by default ${defaultDays} days before \`to\`` }),
    to: time().optional().meta({ description: 'A time or a day (UTC), exclusive; by default now' }),
    actor: z.string().optional().meta({ description: 'Only what this one has done' }),
    action: z.enum(auditActions).optional().meta({ description: 'Only these changes' }),
    ...pageQuery(),
  }),
);

const auditPage = once(() =>
  z.object({ entries: z.array(auditEntrySchema().meta({ id: 'AuditEntry' })), cursor: nextCursor() }),
);

/** Who changed what: for operators. */
export const auditRoute = ({ audit }: Pick<ApiContext, 'audit'>): Route => ({
  method: 'GET',
  path: '/audit',
  for: 'operators',
  describe: {
    tag: 'Operation',
    summary: 'Who changed what, newest first; for operators',
    description:
      'Entries are kept for 400 days. A change has two entries with the same `changeId`, one before and one after it; one ' +
      'that stays `begun` was interrupted. Erasures and changes of webhooks have one.',
    query: auditQuery,
    answers: {
      200: {
        description: 'One page; it may be empty though others follow',
        content: { 'application/json': auditPage },
      },
    },
    errors: [400, 403],
  },
  handle: async (request) => {
    const search = readSearch(request, audit.table.clock.now());
    // Without the end where none is given: it is another at each page.
    const list = ['audit', request.query['from'], request.query['to'], search.actor, search.action].map(String);
    const cursor = request.query['cursor'];
    const before = cursor === undefined ? undefined : decodeCursor(cursor, list);
    const { entries, next } = await listEntries(audit.table, { ...search, before });
    const page: z.output<ReturnType<typeof auditPage>> = {
      entries,
      cursor: next === undefined ? undefined : encodeCursor(next, list),
    };
    return jsonResponse(200, page);
  },
});

const readSearch = ({ query }: ApiRequest, now: number): AuditSearch => {
  // An entry of this very moment is before it.
  const to = readTime(query, 'to') ?? now + 1;
  const from = readTime(query, 'from') ?? to - defaultDays * dayMs;
  if (from >= to) throw parameterProblem('from', 'is not before to');
  const { data: action, success } = auditQuery().shape.action.safeParse(query['action']);
  if (!success) throw parameterProblem('action', `is not one of ${auditActions.join(', ')}`);
  return { from: toIso(from), to: toIso(to), actor: query['actor'], action, limit: readLimit(query['limit']) };
};

const readTime = (query: ApiRequest['query'], name: 'from' | 'to'): number | undefined => {
  const text = query[name];
  if (text === undefined) return undefined;
  const epochMs = time().safeParse(text).success ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(epochMs)) return epochMs;
  throw parameterProblem(name, 'is no day such as 2026-03-01 and no time such as 2026-03-01T12:00:00Z');
};
