import { setTimeout as pause } from 'node:timers/promises';
import { localClients } from '#local/clients.ts';
import type { FinishedExecution } from '#local/lambda/durable/executions.ts';
import { type Stack, startStack } from '#local/stack.ts';
import type { FunctionEndpoints } from '#local/stack-functions.ts';
import { stackNames } from '#local/stack-settings.ts';
import { jobEndedEvent } from '#shared/events/job-ended.ts';
import { bundledFunctions } from '#test/fixtures/bundled-functions.ts';
import { assumedBytes } from './aws-prices.ts';
import {
  type CountingProxy,
  type Counts,
  countDynamoDb,
  countLambda,
  countS3,
  newCounts,
  startCountingProxy,
} from './cost-counter.ts';
import { type CostFigures, type CountedFunction, countedFunctions, toFigures } from './cost-figures.ts';

/** Times that the caller asks for the status, as docs/costs.md assumes; with the request and the fetch they are the API's requests. */
const statusRequests = 10;
const imageBytes = 1_000_000;
const readyAfterMs = 15_000;
/** Jobs at a time: as many as the lane takes in a minute, so that those that are counted wait for their submit time. */
const jobs = 20;

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
      const jobIds: string[] = [];
      const submitNext = async (): Promise<void> => {
        for (; next < jobs; ) jobIds.push(await submit(stack, next++));
      };
      let next = 0;
      // As many as the machine takes side by side: those that come late would find the lane free again.
      await Promise.all(Array.from({ length: 4 }, submitNext));
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
    return toFigures({ jobs, statusRequests, counts, executions, logBytes, events });
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
