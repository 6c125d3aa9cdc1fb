import type { Operation } from '@aws-sdk/client-lambda';
import type { FinishedExecution } from '#local/lambda/durable/executions.ts';
import { stackNames } from '#local/stack-settings.ts';
import type { FunctionName } from '#shared/deployment/names.ts';
import { ofType, synthesise } from '#test/infra/synthesise.ts';
import { assumedBytes, assumedSeconds, priceOf, type Quantities } from './aws-prices.ts';
import type { Counts } from './cost-counter.ts';

/** What one job takes on average, and what a thousand cost. */
export interface CostFigures {
  /** For one job. */
  quantities: Quantities;
  /** US$ for 1,000 jobs. */
  sum: number;
  /** Durable operations of a job by their names. */
  operations: Record<string, number>;
  /** Write units of a job by what is written. */
  writes: Record<string, number>;
  invocations: Record<string, number>;
  memoryMegabytes: Record<string, number>;
}

/** Operations of an execution as Lambda bills them: its start, each wait, and each attempt of a step. */
const countAttempts = ({ Type, StepDetails }: Operation): number => (Type === 'STEP' ? (StepDetails?.Attempt ?? 1) : 1);

/** An execution is suspended by each wait, and by each attempt that is repeated later. */
const countInvocations = (operations: readonly Operation[]): number =>
  operations.reduce(
    (sum, { Type, StepDetails }) =>
      sum + (Type === 'WAIT' ? 1 : 0) + (Type === 'STEP' ? (StepDetails?.Attempt ?? 1) - 1 : 0),
    1,
  );

/** Those that take part in every job. */
export const countedFunctions = ['api', 'dispatch', 'generate', 'notify'] as const satisfies FunctionName[];

export type CountedFunction = (typeof countedFunctions)[number];

/** How long an execution was awake in its process before its submit, in seconds. */
const measureAwake = (operations: readonly Operation[]): number => {
  const endOf = (name: string) => operations.find(({ Name }) => Name === name)?.EndTimestamp?.getTime();
  const [woken, submitted] = [endOf('submit time'), endOf('submit')];
  return woken === undefined || submitted === undefined ? 0 : (submitted - woken) / 1_000;
};

/** What a run has counted. */
export interface Run {
  jobs: number;
  /** For each job. */
  statusRequests: number;
  counts: Counts;
  executions: readonly FinishedExecution[];
  logBytes: Record<string, number>;
  events: number;
}

/** The averages of a run, by the prices and assumptions of aws-prices.ts. */
export const toFigures = ({ jobs, statusRequests, counts, executions, logBytes, events }: Run): CostFigures => {
  const each = (figures: Record<string, number>) =>
    Object.fromEntries(Object.entries(figures).map(([name, figure]) => [name, figure / jobs]));
  const operations: Record<string, number> = {};
  const invocations: Record<string, number> = { api: jobs * (statusRequests + 2) };
  const functionOf = (arn: string) => countedFunctions.find((name) => arn.includes(stackNames.functions[name]));
  for (const { functionArn, operations: recorded } of executions) {
    const name = functionOf(functionArn) ?? '';
    invocations[name] = (invocations[name] ?? 0) + countInvocations(recorded);
    for (const operation of recorded) {
      const named = `${name}: ${operation.Type === 'EXECUTION' ? 'start' : operation.Name}`;
      operations[named] = (operations[named] ?? 0) + countAttempts(operation);
    }
  }
  const dispatches = counts.invokes[stackNames.functions.dispatch] ?? 0;
  invocations['dispatch'] = dispatches;
  const memoryMegabytes = Object.fromEntries(countedFunctions.map((name) => [name, readMemory(name)]));
  const allInvocations = sumOf(invocations);
  const quantities: Quantities = {
    durableOperations: sumOf(operations) / jobs,
    durableGigabytes: counts.checkpointBytes / jobs / 1e9,
    gigabyteSeconds:
      (countGigabyteSeconds(counts, invocations, memoryMegabytes, jobs) +
        (executions.reduce((sum, { operations: recorded }) => sum + measureAwake(recorded), 0) *
          (memoryMegabytes['generate'] ?? 0)) /
          1_024) /
      jobs,
    invocations: allInvocations / jobs,
    traces: 0,
    writeUnits: counts.writeUnits / jobs,
    readUnits: counts.readUnits / jobs,
    apiRequests: statusRequests + 2,
    puts: counts.puts / jobs,
    // The caller's own fetch passes the proxy as well: its URL was signed for it.
    gets: counts.gets / jobs,
    logGigabytes:
      (sumOf(logBytes) +
        allInvocations * assumedBytes.invocationLines +
        jobs * (statusRequests + 2) * assumedBytes.accessLine) /
      jobs /
      1e9,
    events: (events + counts.puts) / jobs,
  };
  return {
    quantities,
    sum: priceOf(quantities) * 1_000,
    operations: each(operations),
    writes: Object.fromEntries(
      Object.entries(counts.writes).map(([name, { item, indexes }]) => [name, (item + indexes) / jobs]),
    ),
    invocations: each(invocations),
    memoryMegabytes,
  };
};

/** Seconds are assumed for each invocation, call and image; memory is that of the functions in AWS. */
const countGigabyteSeconds = (
  { calls }: Counts,
  invocations: Record<string, number>,
  memoryMegabytes: Record<string, number>,
  jobs: number,
): number =>
  countedFunctions.reduce((sum, name) => {
    const { firefly = 0, s3 = 0, ...others } = calls[name] ?? {};
    const seconds =
      (invocations[name] ?? 0) * assumedSeconds.invocation[name] +
      firefly * assumedSeconds.adobe +
      s3 * assumedSeconds.storage +
      sumOf(others) * assumedSeconds.call +
      (name === 'generate' ? jobs * assumedSeconds.download : 0);
    return sum + (seconds * (memoryMegabytes[name] ?? 0)) / 1_024;
  }, 0);

const sumOf = (figures: Record<string, number>): number =>
  Object.values(figures).reduce((sum, figure) => sum + figure, 0);

const readMemory = (name: string): number => {
  const found = ofType(synthesise().resources, 'AWS::Lambda::Function').find(({ Properties }) =>
    String(Properties['FunctionName']).endsWith(`-${name}`),
  );
  return Number(found?.Properties['MemorySize'] ?? 0);
};
