import { v5 } from 'uuid';
import * as z from 'zod';
import { condition } from '../aws/expressions.ts';
import { createItemParser, parseEach } from '../aws/items.ts';
import { getItem, putNew, queryItems, removeItem, type Table, ttlAfter, updateItem } from '../aws/table.ts';
import { jobPartitions } from '../deployment/tables.ts';
import { once } from '../once.ts';

const erasureSchema = once(() =>
  z.object({
    erasureId: z.string(),
    /** Everything of a caller, or the deliveries of a webhook that was deleted. */
    subject: z.enum(['caller', 'webhook']),
    /** The caller, or the id of the webhook; forgotten with the rest. */
    name: z.string().optional(),
    state: z.enum(['erasing', 'erased']),
    /** What is made later is not meant. ISO, as all times. */
    requestedAt: z.string(),
    /** The operator. */
    by: z.string().optional(),
    updatedAt: z.string(),
    finishedAt: z.string().optional(),
    /** Fencing token: the number of the latest durable execution. */
    run: z.number(),
    /** How many jobs and batches had not gone yet when that was last looked at. */
    waitsFor: z.number().optional(),
  }),
);

/** The wish to erase something that more than one request belongs to, and how far that is. */
export type Erasure = z.output<ReturnType<typeof erasureSchema>>;

/** One durable execution of one erasure. */
export interface ErasureRun {
  erasureId: string;
  run: number;
}

const parseErasure = createItemParser(erasureSchema);
const erasureKey = (erasureId: string) => ({ pk: jobPartitions.erasures, sk: erasureId });

/** The part of the queue index in which erasures stand that go on. */
// Apart, so that any number of deleted webhooks keeps no erasure of a caller waiting.
const openPart = (subject: Erasure['subject']): string => `erasure#${subject}`;
const subjects: readonly Erasure['subject'][] = ['caller', 'webhook'];
const erasures = '2f4c1b0e-7a5d-5e39-9c1a-6b8d0e2f4a71';

/** How long an execution may be silent before it counts as lost, in ms: longer than any step. */
const leaseMs = 15 * 60_000;
const rememberedSeconds = 30 * 86_400;

/**
 * Writes the wish to erase something, unless it is being erased; what was erased before is erased anew.
 *
 * @param by the operator, where it was one
 */
export const requestErasure = async (
  table: Table,
  subject: Erasure['subject'],
  name: string,
  by?: string,
): Promise<Erasure> => {
  const erasureId = v5(JSON.stringify([subject, name]), erasures);
  const now = new Date(table.clock.now()).toISOString();
  const erasure: Erasure = { erasureId, subject, name, state: 'erasing', requestedAt: now, by, updatedAt: now, run: 0 };
  const open = { queueState: openPart(subject), queueOrder: now };
  const { item } = await putNew(
    table,
    { ...erasureKey(erasureId), ...erasure, ...open },
    condition`#state = ${'erased'}`,
  );
  return parseErasure(item);
};

/** The erasures of callers that go on, or that ended in the last 30 days; strongly consistent. */
export const listErasures = async (table: Table): Promise<Erasure[]> => {
  const items = [];
  const where = condition`#pk = ${jobPartitions.erasures}`;
  // The page that has just asked for one looks here for it, and stops polling where it sees none.
  for await (const item of queryItems(table, { where, consistent: true })) items.push(item);
  return parseEach(table, items, parseErasure).parsed.filter(({ subject }) => subject === 'caller');
};

/**
 * Claims the erasures that are due for a durable execution, which fences off all earlier ones.
 *
 * @param limit of callers, and as many of webhooks
 * @returns those that no other dispatch was faster with, callers first
 */
export const claimErasures = async (table: Table, limit: number): Promise<ErasureRun[]> => {
  const runs: ErasureRun[] = [];
  for (const subject of subjects) runs.push(...(await claimOf(table, subject, limit)));
  return runs;
};

const claimOf = async (table: Table, subject: Erasure['subject'], limit: number): Promise<ErasureRun[]> => {
  const now = new Date(table.clock.now()).toISOString();
  const runs: ErasureRun[] = [];
  const where = condition`#queueState = ${openPart(subject)} AND #queueOrder <= ${now}`;
  for await (const { sk } of queryItems(table, { index: 'queue', where, pageSize: limit })) {
    const item = await updateItem(table, erasureKey(String(sk)), {
      add: { run: 1 },
      set: { queueOrder: leaseEnd(table) },
      when: condition`#state = ${'erasing'} AND #queueOrder <= ${now}`,
    });
    if (item !== undefined) runs.push({ erasureId: String(sk), run: Number(item['run']) });
    if (runs.length === limit) break;
  }
  return runs;
};

const leaseEnd = ({ clock }: Table): string => new Date(clock.now() + leaseMs).toISOString();

const isCurrent = ({ run }: ErasureRun) => condition`#state = ${'erasing'} AND #run = ${run}`;

/** The erasure, and as much time as a step may take; undefined if a newer execution has taken over, or it is over. */
export const renewErasure = async (table: Table, run: ErasureRun): Promise<Erasure | undefined> => {
  const item = await updateItem(table, erasureKey(run.erasureId), {
    set: { queueOrder: leaseEnd(table), updatedAt: new Date(table.clock.now()).toISOString() },
    when: isCurrent(run),
  });
  return item && parseErasure(item);
};

/** Leaves an erasure until what it waits for may have ended, in ms from now. */
export const postponeErasure = async (
  table: Table,
  run: ErasureRun,
  { waitsFor, ms }: { waitsFor: number; ms: number },
): Promise<void> => {
  const queueOrder = new Date(table.clock.now() + ms).toISOString();
  await updateItem(table, erasureKey(run.erasureId), { set: { waitsFor, queueOrder }, when: isCurrent(run) });
};

/** Ends an erasure: that of a caller is remembered for 30 days, without the name. */
export const endErasure = async (table: Table, run: ErasureRun): Promise<void> => {
  const item = await getItem(table, erasureKey(run.erasureId));
  if (item === undefined) return;
  if (parseErasure(item).subject === 'webhook') {
    await removeItem(table, erasureKey(run.erasureId), isCurrent(run));
    return;
  }
  const finishedAt = new Date(table.clock.now()).toISOString();
  await updateItem(table, erasureKey(run.erasureId), {
    set: {
      state: 'erased',
      finishedAt,
      updatedAt: finishedAt,
      waitsFor: 0,
      expiresAt: ttlAfter(table, rememberedSeconds),
    },
    remove: ['name', 'queueState', 'queueOrder'],
    when: isCurrent(run),
  });
};
