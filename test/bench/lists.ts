import { performance } from 'node:perf_hooks';
import { systemClock } from '#shared/clock.ts';
import { type JobState, jobSchema } from '#shared/jobs/job.ts';
import { type JobQuery, listJobs } from '#shared/jobs/job-list.ts';
import { orderOf, statePart } from '#shared/jobs/job-store.ts';
import { countUnits } from '#test/fixtures/capacity.ts';
import { itemOf, putItems, startTestDynamoDb } from '#test/fixtures/job-table.ts';
import { createLane, enqueue } from '#test/fixtures/queue.ts';
import type { ReadCost } from './reads.ts';
import { median, type Row, type Section } from './table.ts';

/** What lists cost beside so many jobs of the caller. */
interface ListFigures {
  jobs: number;
  /** Those that failed, a few among the oldest. */
  failed: ReadCost;
  /** The newest, of whatever state. */
  newest: ReadCost;
  /** The same divided. */
  ratio: number;
}

const limit = 50;
const oneInFailed = 100;
const maxFailed = 10;
const runs = 15;

/** Measures lists of one caller while the number of its jobs grows; the clock's figures are medians. */
const measureLists = async (counts: readonly number[]): Promise<ListFigures[]> => {
  const dynamoDb = await startTestDynamoDb();
  try {
    const table = await dynamoDb.table(systemClock);
    const job = await enqueue(createLane(table), { caller: 'bob' });
    const whole = await itemOf(table, job);
    const begin = systemClock.now();
    const toItem = (index: number) => {
      const jobId = `job-${String(index).padStart(8, '0')}`;
      const state: JobState = index % oneInFailed === 0 && index < oneInFailed * maxFailed ? 'failed' : 'succeeded';
      const createdAt = new Date(begin + index).toISOString();
      const place = { createdAt, createdOrder: orderOf(createdAt, jobId), callerState: statePart('alice', state) };
      return { ...whole, pk: `job#${jobId}`, jobId, caller: 'alice', state, ...place, queueState: undefined };
    };
    const { own, units } = countUnits(dynamoDb, table);
    const cost = async (query: Partial<JobQuery>): Promise<ReadCost> => {
      const list = () => listJobs(own, { caller: 'alice', limit, ...query }, jobSchema());
      await list();
      const before = units();
      await list();
      const spent = units() - before;
      const times: number[] = [];
      for (let run = 0; run < runs; run += 1) {
        const start = performance.now();
        await list();
        times.push(performance.now() - start);
      }
      return { units: spent, ms: median(times) };
    };
    const figures: ListFigures[] = [];
    let written = 0;
    for (const jobs of counts) {
      const items = Array.from({ length: jobs - written }, (_, index) => toItem(written + index));
      await putItems(table, items);
      written = jobs;
      const failed = await cost({ states: ['failed'] });
      const newest = await cost({});
      figures.push({ jobs, failed, newest, ratio: failed.ms / newest.ms });
    }
    return figures;
  } finally {
    await dynamoDb.close();
  }
};

/** Lists by state beside the newest. */
export const listsSection: Section = {
  name: 'lists',
  title: 'the failed jobs of a caller, and its newest, beside 1,000 and 10,000 others (LIST_JOBS names other numbers)',
  measure: async () => {
    const counts = (process.env['LIST_JOBS'] ?? '1000,10000').split(',').map(Number);
    const figures = await measureLists(counts);
    const rows = figures.flatMap(({ jobs, failed, newest, ratio }): Row[] => [
      { figure: `beside ${jobs} jobs: status=failed`, value: failed.ms, unit: 'ms' },
      { figure: `beside ${jobs} jobs: the newest`, value: newest.ms, unit: 'ms' },
      { figure: `beside ${jobs} jobs: status=failed`, value: failed.units, unit: 'read units', below: 10 },
      { figure: 'one divided by the other', value: ratio, unit: '', below: 1.5 },
    ]);
    const [first, last] = [figures.at(0)?.failed.units ?? 0, figures.at(-1)?.failed.units ?? 0];
    rows.push({ figure: 'status=failed: units, most by fewest', value: last / first, unit: '', below: 1.1 });
    return { figures, rows };
  },
};
