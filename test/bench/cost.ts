import { setTimeout as pause } from 'node:timers/promises';
import type { Operation } from '@aws-sdk/client-lambda';
import { localClients } from '#local/clients.ts';
import type { FinishedExecution } from '#local/lambda/durable/executions.ts';
import { type Stack, startStack } from '#local/stack.ts';
import type { FunctionEndpoints } from '#local/stack-functions.ts';
import { stackNames } from '#local/stack-settings.ts';
import type { FunctionName } from '#shared/deployment/names.ts';
import { jobEndedEvent } from '#shared/events/job-ended.ts';
import { bundledFunctions } from '#test/fixtures/bundled-functions.ts';
import { ofType, synthesise } from '#test/infra/synthesise.ts';
import { assumedBytes, assumedSeconds, priceOf, type Quantities } from './aws-prices.ts';
import {
  type CountingProxy,
  type Counts,
  countDynamoDb,
  countLambda,
  countS3,
  newCounts,
  startCountingProxy,
} from './cost-counter.ts';

/** Times that the caller asks for the status, as docs/costs.md assumes; with the request and the fetch they are the API's requests. */
const statusRequests = 10;
const imageBytes = 1_000_000;
const readyAfterMs = 15_000;
/** Jobs at a time: as many as the lane takes in a minute, so that those that are counted wait for their submit time. */
const jobs = 20;

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
const countedFunctions = ['api', 'dispatch', 'generate', 'notify'] as const satisfies FunctionName[];

type CountedFunction = (typeof countedFunctions)[number];

const countedServers = ['dynamodb', 's3', 'lambda', 'eventBridge', 'secretsManager', 'firefly'] as const;

/**
 * Runs images through the embedded stack and counts what AWS would bill for them. The first ones teach the gateway how long they take,
 * use up the minute and are not counted.
 */
export const measureCost = async (): Promise<CostFigures> => {
  let counts = newCounts();
  let executions: FinishedExecution[] = [];
  let logBytes: Record<string, number> = {};
  let events = 0;
  const ended = new Set<unknown>();
  const proxies: CountingProxy[] = [];
  const stack: Stack = await startStack({
    settings: { requestsPerMinute: jobs, thumbnails: false, generateConcurrency: 8 },
    simulator: {
      requestsPerMinute: jobs,
      pendingMs: 1_000,
      generationMs: readyAfterMs - 1_000,
      outputBytes: imageBytes,
    },
    handlers: await bundledFunctions(),
    schedules: false,
    onLog: (name, line) => {
      logBytes[name] = (logBytes[name] ?? 0) + Buffer.byteLength(line) + assumedBytes.perEvent;
    },
    onExecutionFinished: (execution) => executions.push(execution),
    onEvent: ({ 'detail-type': type, detail }) => {
      events += 1;
      if (type === jobEndedEvent) ended.add(detail['jobId']);
    },
    between: async (endpoints) => {
      const started = countedFunctions.map(async (name) => {
        const proxied = await startProxies(endpoints, name, { getCounts: () => counts, getStack: () => stack });
        proxies.push(...proxied.map(({ proxy }) => proxy));
        return [name, Object.fromEntries(proxied.map(({ server, proxy }) => [server, proxy.url]))] as const;
      });
      return Object.fromEntries(await Promise.all(started));
    },
  });
  try {
    stack.simulator?.settings.storageOrigins.push(...proxies.map(({ url }) => url));
    const run = async (): Promise<void> => {
      const target = ended.size + jobs;
      const jobIds = await Promise.all(Array.from({ length: jobs }, (_, index) => submit(stack, index)));
      for (let ticks = 0; ended.size < target; ticks += 1) {
        // Once a minute, as the schedule does.
        if (ticks % 240 === 239) await stack.lambda.invoke(stackNames.functions.dispatch, {});
        await pause(250);
      }
      for (const jobId of jobIds) await follow(stack, jobId);
    };
    await run();
    await pause(1_000);
    [counts, executions, logBytes, events] = [newCounts(), [], {}, 0];
    await run();
    await pause(1_000);
    return toFigures({ counts, executions, logBytes, events });
  } finally {
    await stack.close();
    await Promise.all(proxies.map((proxy) => proxy.close()));
  }
};

/** Counts what one function asks of each server. */
const startProxies = (
  endpoints: FunctionEndpoints,
  name: CountedFunction,
  { getCounts, getStack }: { getCounts(): Counts; getStack(): Stack },
) => {
  let client: ReturnType<typeof localClients>['dynamoDb'] | undefined;
  return Promise.all(
    countedServers.map(async (server) => {
      const proxy = await startCountingProxy(endpoints[server], async (passing, pass) => {
        const counts = getCounts();
        const calls = counts.calls[name] ?? {};
        counts.calls[name] = { ...calls, [server]: (calls[server] ?? 0) + 1 };
        if (server === 'lambda') countLambda(counts, passing);
        if (server === 's3') countS3(counts, passing);
        if (server !== 'dynamodb') return pass();
        client ??= localClients(getStack().description).dynamoDb;
        return countDynamoDb(counts, client, passing, pass);
      });
      return { server, proxy };
    }),
  );
};

const submit = async ({ description }: Stack, index: number): Promise<string> => {
  const answer = await fetch(`${description.gateway}/v3/images/generate-async`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ prompt: `a lighthouse in the evening light, seen from the sea, number ${index}` }),
  });
  if (answer.status !== 202) throw new Error(`Expected 202, got ${answer.status}: ${await answer.text()}`);
  return String(((await answer.json()) as { jobId: string }).jobId);
};

/** Asks for the status as often as assumed, and fetches the image. */
const follow = async ({ description }: Stack, jobId: string): Promise<void> => {
  for (let asked = 0; asked < statusRequests; asked += 1) {
    const answer = await fetch(`${description.gateway}/jobs/${jobId}`);
    if (((await answer.json()) as { status: string }).status !== 'succeeded') throw new Error('A job has failed.');
  }
  await (await fetch(`${description.gateway}/jobs/${jobId}/outputs/0`)).arrayBuffer();
};

interface Run {
  counts: Counts;
  executions: readonly FinishedExecution[];
  logBytes: Record<string, number>;
  events: number;
}

const toFigures = ({ counts, executions, logBytes, events }: Run): CostFigures => {
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
    gigabyteSeconds: countGigabyteSeconds(counts, invocations, memoryMegabytes) / jobs,
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
): number =>
  countedFunctions.reduce((sum, name) => {
    const { firefly = 0, s3 = 0, ...others } = calls[name] ?? {};
    const seconds =
      (invocations[name] ?? 0) * assumedSeconds.invocation[name] +
      firefly * assumedSeconds.adobe +
      s3 * assumedSeconds.storage +
      sumOf(others) * assumedSeconds.call +
      (name === 'generate' ? jobs * (assumedSeconds.beforeSubmit + assumedSeconds.download) : 0);
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
