import { performance } from 'node:perf_hooks';
import type { ApiContext } from '#functions/api/context.ts';
import type { ApiRequest } from '#functions/api/http/request.ts';
import { getRoute } from '#functions/api/jobs/get.ts';
import { systemClock } from '#shared/clock.ts';
import { orderOf, queuedEntry } from '#shared/jobs/job-store.ts';
import { buildRank } from '#shared/jobs/lanes/rounds.ts';
import { countUnits } from '#test/fixtures/capacity.ts';
import { itemOf, putItems, startTestDynamoDb } from '#test/fixtures/job-table.ts';
import { createLane, enqueue, onlyLane } from '#test/fixtures/queue.ts';
import { objectsInS3, recordingStore } from '#test/integration/functions/api/objects-in-memory.ts';
import type { ReadCost } from './reads.ts';
import { median, type Row, type Section } from './table.ts';

/** What asking for jobs that wait costs beside so many of them. */
interface PositionFigures {
  jobs: number;
  /** The last of them, asked for alone. */
  one: ReadCost;
  /** A hundred of them from all over the queue, one after another. */
  hundred: ReadCost;
}

const polled = 100;
const runs = 4;

const idOf = (index: number): string => `00000000-0000-7000-8000-${String(index).padStart(12, '0')}`;

/** Measures `GET /jobs/{jobId}` of jobs of one caller that wait while their number grows; the clock's figures are medians. */
const measurePositions = async (counts: readonly number[]): Promise<PositionFigures[]> => {
  const dynamoDb = await startTestDynamoDb();
  try {
    const table = await dynamoDb.table(systemClock);
    const lane = createLane(table);
    const job = await enqueue(lane);
    const whole = await itemOf(table, job);
    const begin = systemClock.now();
    const toItem = (round: number) => {
      const jobId = idOf(round);
      const createdAt = new Date(begin + round).toISOString();
      const rank = buildRank('normal', round, jobId);
      const place = { round, rank, ...queuedEntry({ lane: lane.name, rank }), createdOrder: orderOf(createdAt, jobId) };
      return { ...whole, pk: `job#${jobId}`, jobId, createdAt, ...place };
    };
    const { own, units } = countUnits(dynamoDb, table);
    const objects = { objects: new Map(), objectsChangedAt: new Map(), erased: [] };
    const context: Pick<ApiContext, 'table' | 'lanes' | 'inputs' | 'objects'> = {
      table: own,
      lanes: onlyLane({ ...lane, table: own }),
      inputs: { s3: objectsInS3(objects), table: own, buckets: { own: 'outputs', shared: [] }, maxBytes: 1_000 },
      objects: recordingStore(objects, systemClock),
    };
    const cost = async (indexes: readonly number[]): Promise<ReadCost> => {
      const times: number[] = [];
      let spent = 0;
      for (let run = 0; run <= runs; run += 1) {
        // As in a process that has just started: it remembers nothing.
        const route = getRoute(context);
        const [before, start] = [units(), performance.now()];
        for (const index of indexes) await route.handle(askFor(idOf(index)));
        times.push(performance.now() - start);
        spent = units() - before;
      }
      // The first pays for code that is not compiled yet.
      return { units: spent, ms: median(times.slice(1)) };
    };
    const figures: PositionFigures[] = [];
    let written = 0;
    for (const jobs of counts) {
      await putItems(
        table,
        Array.from({ length: jobs - written }, (_, index) => toItem(written + index)),
      );
      written = jobs;
      const all = Array.from({ length: polled }, (_, index) => Math.floor((index * jobs) / polled));
      figures.push({ jobs, one: await cost([jobs - 1]), hundred: await cost(all) });
    }
    return figures;
  } finally {
    await dynamoDb.close();
  }
};

const askFor = (jobId: string): ApiRequest => ({
  id: 'bench',
  routeKey: '$default',
  startedAt: systemClock.now(),
  baseUrl: 'https://gateway.test',
  params: { jobId },
  query: {},
  body: { isBase64Encoded: false },
  caller: () => 'alice',
  isOperator: false,
  header: () => undefined,
});

/** What places in the queue and estimates cost while the queue grows. */
export const positionsSection: Section = {
  name: 'positions',
  title: 'GET /jobs/{jobId} beside 1,000 and 10,000 waiting jobs (POSITION_JOBS names other numbers)',
  measure: async () => {
    const counts = (process.env['POSITION_JOBS'] ?? '1000,10000').split(',').map(Number);
    const figures = await measurePositions(counts);
    const rows = figures.flatMap(({ jobs, one, hundred }): Row[] => [
      { figure: `of ${jobs} waiting jobs the last`, value: one.units, unit: 'read units', below: 30 },
      { figure: `of ${jobs} waiting jobs the last`, value: one.ms, unit: 'ms' },
      {
        figure: `of ${jobs} waiting jobs ${polled}, each`,
        value: hundred.units / polled,
        unit: 'read units',
        below: 4,
      },
      { figure: `of ${jobs} waiting jobs ${polled}, each`, value: hundred.ms / polled, unit: 'ms' },
    ]);
    const growth = (pick: (each: PositionFigures) => ReadCost): number => {
      const units = figures.map((each) => pick(each).units);
      return (units.at(-1) ?? 0) / (units.at(0) ?? 1);
    };
    rows.push(
      { figure: 'one: units, most divided by fewest', value: growth(({ one }) => one), unit: '', below: 1.1 },
      { figure: `${polled}: units, the same`, value: growth(({ hundred }) => hundred), unit: '', below: 1.1 },
    );
    return { figures, rows };
  },
};
