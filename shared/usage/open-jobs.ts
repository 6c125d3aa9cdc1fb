import pMap from 'p-map';
import type * as z from 'zod';
import { getItems } from '../aws/batch-get.ts';
import { condition } from '../aws/expressions.ts';
import { createItemParser, parseEach } from '../aws/items.ts';
import { getItem, queryPages, type Table, ttlAfter, updateItem } from '../aws/table.ts';
import { isFinal, type Job, jobSchema } from '../jobs/job.ts';
import { statePart } from '../jobs/job-store.ts';
import { budgetKey } from './budget-items.ts';
import { keptSeconds } from './reservation.ts';

const openJob = jobSchema.pick({
  jobId: true,
  requestHash: true,
  caller: true,
  state: true,
  createdAt: true,
  cost: true,
});

/** What is read of a job that has not ended. */
export type OpenJob = z.output<typeof openJob>;

// A process that still knows the caller without a budget may accept jobs for so long: a minute by its memory of policies, and the time
// that a request takes.
const settledAfterMs = 90_000;

const concurrency = 16;

/**
 * Reserves what the open jobs of a caller cost, once for each budget that it is given: while it had none nothing was reserved
 * for them. It is done with the first job under the budget, and again a while later for those that came meanwhile.
 *
 * @param since when the rules of the caller were set last, ISO; undefined for those of the stage
 * @param reserveOne reserves what a job costs, unless that has been done
 */
export const reserveOpenJobs = async (
  table: Table,
  caller: string,
  since = 'stage',
  reserveOne: (job: OpenJob) => Promise<unknown>,
): Promise<void> => {
  const now = table.clock.now();
  const key = budgetKey(caller, new Date(now).toISOString());
  const mark = `open_${since.replace(/\W/g, '')}`;
  const known = (await getItem(table, key))?.[mark];
  if (known === true || (typeof known === 'number' && now < known + settledAfterMs)) return;
  // Those that wait come first: one that gets its turn meanwhile is met in the second part.
  for (const state of ['queued', 'running'] satisfies Job['state'][]) {
    const where = condition`#callerState = ${statePart(caller, state)}`;
    for await (const { Items = [] } of queryPages(table, { index: 'states', where, attributes: ['pk', 'sk'] })) {
      const keys = Items.map(({ pk, sk }) => ({ pk: String(pk), sk: String(sk) }));
      const records = await getItems(table, keys, Object.keys(openJob.shape));
      const { parsed } = parseEach(table, records, createItemParser(openJob));
      await pMap(
        parsed.filter((job) => !isFinal(job.state)),
        reserveOne,
        { concurrency },
      );
    }
  }
  await updateItem(table, key, {
    set: { [mark]: known === undefined ? now : true, expiresAt: ttlAfter(table, keptSeconds) },
  });
};
