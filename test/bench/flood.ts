import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { Context } from 'aws-lambda';
import { createApi } from '#functions/api/app.ts';
import { startDynamoDbThread } from '#local/start-dynamodb.ts';
import { startApi } from '#test/integration/functions/api/fixture.ts';
import { httpEvent } from '#test/integration/functions/api/http-event.ts';
import { median } from './table.ts';

/** How long a caller waits for an accepted job, medians in ms, without and beside another caller's flood. */
export interface FloodFigures {
  requests: number;
  perSecond: number;
  /** Of the flood. */
  accepted: number;
  refused: number;
  aloneP50: number;
  besideP50: number;
  /** `besideP50 / aloneP50`. */
  ratio: number;
}

/** What the thread that floods is to do. */
export interface FloodOrder {
  /** Of the DynamoDB with the tables. */
  url: string;
  requests: number;
  perSecond: number;
  callerRequestsPerSecond: number;
}

/** How many answers it got, by status. */
export type FloodAnswers = Record<number, number>;

const lambdaContext = { getRemainingTimeInMillis: () => 29_000 } as Context;
const callerRequestsPerSecond = 20;

/**
 * Measures the API's handler over a table in memory: a caller that sends far more than it may, and another beside it. Each has a thread of its
 * own, as they have sandboxes on Lambda, and so has the table: what they share is the table, the queue and the cores.
 */
export const measureFlood = async ({ requests = 50_000, perSecond = 500 } = {}): Promise<FloodFigures> => {
  const { url, close } = await startDynamoDbThread();
  const api = await startApi({ database: { url, hasTables: false }, settings: { callerRequestsPerSecond } });
  const handler = createApi(api.context);
  const acceptUntil = async (isOver: (times: readonly number[]) => boolean): Promise<number> => {
    const times: number[] = [];
    while (!isOver(times)) {
      const start = performance.now();
      api.clock.set(Date.now());
      const body = { prompt: 'a fox' };
      const event = httpEvent({ method: 'POST', path: '/v3/images/generate-async', body, caller: 'other' });
      const { statusCode } = await handler(event, lambdaContext);
      if (statusCode !== 202) throw new Error(`Expected 202, got ${statusCode}.`);
      times.push(performance.now() - start);
      // Below what it may send.
      await pause(100);
    }
    return median(times);
  };
  try {
    await acceptUntil(({ length }) => length >= 30);
    const aloneP50 = await acceptUntil(({ length }) => length >= 100);
    const order: FloodOrder = { url, requests, perSecond, callerRequestsPerSecond };
    const worker = new Worker(new URL('./flood-thread.ts', import.meta.url), { workerData: order });
    let answers: FloodAnswers | undefined;
    const flooding = once(worker, 'message').then(([counted]) => {
      answers = counted as FloodAnswers;
    });
    // The thread has to load first.
    await once(worker, 'online');
    const besideP50 = await Promise.all([acceptUntil(() => answers !== undefined), flooding]).then(([p50]) => p50);
    const [accepted, refused] = [answers?.[202] ?? 0, answers?.[429] ?? 0];
    if (accepted + refused !== requests) throw new Error(`Unexpected answers: ${JSON.stringify(answers)}`);
    return { requests, perSecond, accepted, refused, aloneP50, besideP50, ratio: besideP50 / aloneP50 };
  } finally {
    await api.close();
    await close();
  }
};
