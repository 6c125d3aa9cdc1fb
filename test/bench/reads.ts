import { performance } from 'node:perf_hooks';
import { viewLaneHealth } from '#functions/api/health/lanes.ts';
import type { Table } from '#shared/aws/table.ts';
import { systemClock } from '#shared/clock.ts';
import { jobSchema } from '#shared/jobs/job.ts';
import { listJobs } from '#shared/jobs/job-list.ts';
import { queueDepth } from '#shared/jobs/lanes/queue-counts.ts';
import { countUnits } from '#test/fixtures/capacity.ts';
import { startTestDynamoDb } from '#test/fixtures/job-table.ts';
import { createLane, enqueue, enqueueMany } from '#test/fixtures/queue.ts';

/** What one read costs: DynamoDB's read units, and how long it takes against the local server. */
export interface ReadCost {
  units: number;
  ms: number;
}

/** Costs of the reads that callers can ask for beside so many waiting jobs of one caller, each with a request of so many bytes. */
export const measureReads = async (jobs: number, requestBytes: number) => {
  const dynamoDb = await startTestDynamoDb();
  try {
    const table = await dynamoDb.table(systemClock);
    const lane = createLane(table);
    const request = JSON.stringify({ prompt: 'x'.repeat(requestBytes) });
    await enqueueMany(lane, jobs, { request });
    const { own, units } = countUnits(dynamoDb, table);
    const cost = async (read: (table: Table) => Promise<unknown>): Promise<ReadCost> => {
      await read(own);
      const before = units();
      const start = performance.now();
      await read(own);
      return { units: units() - before, ms: performance.now() - start };
    };
    const rare = { caller: 'alice', states: ['timed_out'], limit: 1 } as const;
    const accept = async (ms: Promise<unknown>[]): Promise<number> => {
      const start = performance.now();
      await enqueue(lane, { caller: 'bob' });
      const took = performance.now() - start;
      await Promise.all(ms);
      return took;
    };
    return {
      health: await cost((to) => viewLaneHealth({ ...lane, table: to })),
      depth: await cost((to) => queueDepth({ ...lane, table: to })),
      rareState: await cost((to) => listJobs(to, rare, jobSchema())),
      acceptAlone: await accept([]),
      acceptBesideTwelve: await accept(Array.from({ length: 12 }, () => listJobs(own, rare, jobSchema()))),
    };
  } finally {
    await dynamoDb.close();
  }
};
