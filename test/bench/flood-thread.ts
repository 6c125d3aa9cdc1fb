import { setTimeout as pause } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import type { Context } from 'aws-lambda';
import { createApi } from '#functions/api/app.ts';
import { startApi } from '#test/integration/functions/api/fixture.ts';
import { httpEvent } from '#test/integration/functions/api/http-event.ts';
import type { FloodAnswers, FloodOrder } from './flood.ts';

// As on Lambda, whoever floods has sandboxes of its own: what it shares with others is the table.
const { url, requests, perSecond, callerRequestsPerSecond } = workerData as FloodOrder;
const api = await startApi({ database: { url, hasTables: true }, settings: { callerRequestsPerSecond } });
const handler = createApi(api.context);
const context = { getRemainingTimeInMillis: () => 29_000 } as Context;
const tickMs = 10;

const answers: FloodAnswers = {};
const open = new Set<Promise<void>>();
for (let sent = 0; sent < requests; ) {
  // What a busy machine could not send in time is not made up for at once.
  const due = Math.min(requests, sent + (perSecond * tickMs) / 1000);
  for (; sent < due; sent += 1) {
    api.clock.set(Date.now());
    const body = { prompt: 'a fox' };
    const event = httpEvent({ method: 'POST', path: '/v3/images/generate-async', body, caller: 'flooder' });
    const sending = handler(event, context).then(({ statusCode }) => {
      answers[statusCode] = (answers[statusCode] ?? 0) + 1;
      open.delete(sending);
    });
    open.add(sending);
  }
  await pause(tickMs);
}
await Promise.all(open);
parentPort?.postMessage(answers);
