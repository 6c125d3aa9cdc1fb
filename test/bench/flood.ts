import { setTimeout as pause } from 'node:timers/promises';
import type { Context } from 'aws-lambda';
import { createApi } from '#functions/api/app.ts';
import { startApi } from '#test/integration/functions/api/fixture.ts';
import { httpEvent } from '#test/integration/functions/api/http-event.ts';

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

const lambdaContext = { getRemainingTimeInMillis: () => 29_000 } as Context;
const tickMs = 10;

/**
 * Measures the API's handler over a table in memory: a caller that sends far more than it may, and another that has a sandbox of its
 * own, as on Lambda. What they share is the table, the queue and, other than on Lambda, the process.
 */
export const measureFlood = async ({ requests = 50_000, perSecond = 500 } = {}): Promise<FloodFigures> => {
  const api = await startApi({ settings: { callerRequestsPerSecond: 20 } });
  const [flooded, other] = [createApi(api.context), createApi(api.context)];
  const send = async (handler: typeof other, caller: string): Promise<number> => {
    api.clock.set(Date.now());
    const event = httpEvent({ method: 'POST', path: '/v3/images/generate-async', body: { prompt: 'a fox' }, caller });
    return (await handler(event, lambdaContext)).statusCode;
  };
  const times: number[] = [];
  const acceptUntil = async (isOver: () => boolean): Promise<number> => {
    times.length = 0;
    while (!isOver()) {
      const start = performance.now();
      const status = await send(other, 'other');
      if (status !== 202) throw new Error(`Expected 202, got ${status}.`);
      times.push(performance.now() - start);
      // Below what it may send.
      await pause(100);
    }
    return median(times);
  };
  const counts = new Map<number, number>();
  const flood = async (): Promise<void> => {
    const open = new Set<Promise<void>>();
    for (let sent = 0; sent < requests; ) {
      // What a busy machine could not send in time is not made up for at once.
      const due = Math.min(requests, sent + (perSecond * tickMs) / 1000);
      for (; sent < due; sent += 1) {
        const sending = send(flooded, 'flooder').then((status) => {
          counts.set(status, (counts.get(status) ?? 0) + 1);
          open.delete(sending);
        });
        open.add(sending);
      }
      await pause(tickMs);
    }
    await Promise.all(open);
  };
  try {
    await acceptUntil(() => times.length >= 30);
    const aloneP50 = await acceptUntil(() => times.length >= 100);
    let isOver = false;
    const flooding = flood().then(() => {
      isOver = true;
    });
    const besideP50 = await acceptUntil(() => isOver);
    await flooding;
    const [accepted, refused] = [counts.get(202) ?? 0, counts.get(429) ?? 0];
    if (accepted + refused !== requests) throw new Error(`Unexpected answers: ${JSON.stringify([...counts])}`);
    return { requests, perSecond, accepted, refused, aloneP50, besideP50, ratio: besideP50 / aloneP50 };
  } finally {
    await api.close();
  }
};

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
