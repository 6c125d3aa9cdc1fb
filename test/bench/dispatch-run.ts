import { assignTurns } from '#functions/dispatch/assign-turns.ts';
import { systemClock } from '#shared/clock.ts';
import { startTestDynamoDb } from '#test/fixtures/job-table.ts';
import { createLane, dispatchContext, enqueueMany, perMinute } from '#test/fixtures/queue.ts';

/** How one run of dispatch over free permits went. */
export interface DispatchRunFigures {
  permits: number;
  seconds: number;
  /** Of this process, the table's part included: what the machine's other work does not change. */
  cpuSeconds: number;
  /** Calls of DynamoDB for each turn; the start of its execution comes on top. */
  callsPerTurn: number;
}

// What Lambda takes to put an asynchronous invocation into its queue, in ms.
const startMs = 10;

/** Gives every permit of a lane to a job of a queue of twice as many, in one run over a local table. */
export const measureDispatchRun = async (permits: number): Promise<DispatchRunFigures> => {
  const dynamoDb = await startTestDynamoDb();
  try {
    const { own: table, client } = dynamoDb.reconnect(await dynamoDb.table(systemClock));
    const lane = createLane(table, perMinute(permits));
    await enqueueMany(lane, 2 * permits);
    let calls = 0;
    const count = (next: (args: never) => Promise<unknown>) => (args: never) => {
      calls += 1;
      return next(args);
    };
    client.middlewareStack.add(count as never, { step: 'initialize' });
    const startTurn = () => new Promise<void>((resolve) => setTimeout(resolve, startMs));
    const context = dispatchContext(lane, { startTurn, random: Math.random });
    const start = performance.now();
    const cpuStart = process.cpuUsage();
    const started = await assignTurns(context, lane);
    const seconds = (performance.now() - start) / 1000;
    const { user, system } = process.cpuUsage(cpuStart);
    if (started !== permits) throw new Error(`Expected ${permits} turns, got ${started}.`);
    return { permits, seconds, cpuSeconds: (user + system) / 1e6, callsPerTurn: calls / permits };
  } finally {
    await dynamoDb.close();
  }
};
