import type { DynamoDb } from '#shared/aws/dynamodb/client.ts';
import type { Table } from '#shared/aws/table.ts';
import type { FinalState, Job } from '#shared/jobs/job.ts';
import { findActualCost } from '#shared/jobs/stored-cost.ts';
import { allItems } from '../../../fixtures/job-table.ts';
import { CrashError } from '../../../fixtures/unreliable-dynamodb.ts';

/** A job of three outputs at 0.333 Operations each, as it ended. */
export const endedJob = (jobId: string, to: FinalState = 'succeeded', changes: Partial<Job> = {}): Job => ({
  jobId,
  requestHash: `hash-${jobId}`,
  caller: 'account/team #1',
  operation: 'images/generate',
  modelVersion: 'image3',
  lane: 'firefly',
  priority: 'normal',
  rank: '',
  round: 0,
  state: to,
  history: [],
  createdAt: '2026-03-01T12:00:00.000Z',
  updatedAt: '2026-03-01T12:00:00.000Z',
  turn: 1,
  attempts: 0,
  resumes: 0,
  warnings: [],
  retentionSeconds: 1,
  cost: { estimated: 999, outputs: 3 },
  ...(to === 'succeeded' ? { requested: 3, received: 3 } : {}),
  ...changes,
});

/** Sums by partition kind and attribute, over everything that counts. */
export const countersOf = async (table: Table) => {
  const items = await allItems(table);
  const sum = (prefix: string, attribute: string) =>
    items
      .filter(({ pk }) => String(pk).startsWith(prefix))
      .reduce((total, item) => total + Number(item[attribute] ?? 0), 0);
  const budgets = items.filter(({ pk }) => String(pk).startsWith('budget#'));
  const days = budgets.flatMap((item) => Object.entries(item).filter(([name]) => /^d\d\d$/.test(name)));
  return {
    month: sum('budget#', 'month'),
    days: days.reduce((total, [, amount]) => total + Number(amount), 0),
    cost: sum('usage#', 'cost'),
    jobs: sum('usage#', 'jobs'),
    outputs: sum('usage#', 'outputs'),
    labelled: sum('label-usage#', 'cost'),
    marks: budgets.flatMap((item) => Object.keys(item)).filter((name) => name.startsWith('by_')).length,
    open: items.filter(({ queueState }) => queueState === 'reservation').length,
  };
};

/** What the counters must say of jobs that have all ended. */
export const sumOf = (jobs: readonly Job[]) => {
  const cost = jobs.reduce((total, job) => total + findActualCost(job).actual, 0);
  const outputs = jobs.reduce((total, { received = 0 }) => total + received, 0);
  return { month: cost, days: cost, cost, jobs: jobs.length, outputs };
};

/** Ends the process at its n-th write (from 0), before or after it; says how many there were. */
export const crashAt = (client: DynamoDb, point: { index: number; fate: 'before' | 'after' } | undefined) => {
  let writes = 0;
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const isWrite = /^(Put|Update|Delete)Item/.test(String((context as { commandName?: string }).commandName));
      const isHere = isWrite && writes === point?.index;
      if (isWrite) writes += 1;
      if (isHere && point?.fate === 'before') throw new CrashError('Before the write.');
      const answer = await next(args);
      if (isHere) throw new CrashError('After the write.');
      return answer;
    },
    { step: 'deserialize', name: 'crashAt', priority: 'high' },
  );
  return () => writes;
};
