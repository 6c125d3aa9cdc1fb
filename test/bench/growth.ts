import { startStack } from '#local/stack.ts';
import { bundledFunctions } from '#test/fixtures/bundled-functions.ts';
import { readMemory } from '#test/fixtures/memory.ts';

/** How the embedded stack's memory grows with requests: heap and RSS of its process after a collection, in MB (1024 x 1024 bytes). */
export interface GrowthFigures {
  refused: { requests: number; heapMb: number; rssMb: number };
  erased: { requests: number; heapMb: number; rssMb: number };
}

const mb = 1024 * 1024;
const concurrency = 16;

/** Measures requests that are refused, and jobs that are accepted, cancelled and erased, each after a tenth of them to warm up. */
export const measureGrowth = async (counts: { refused: number; erased: number }): Promise<GrowthFigures> => {
  const stack = await startStack({ handlers: await bundledFunctions(), schedules: false });
  try {
    const { gateway } = stack.description;
    // A job that has been submitted meanwhile could not be erased at once.
    await call(`${gateway}/queue/pause`, { method: 'PUT', body: '{"reason":"bench"}' }, 200);
    return {
      refused: await measureAround(counts.refused, () => refuse(gateway)),
      erased: await measureAround(counts.erased, () => acceptAndErase(gateway)),
    };
  } finally {
    await stack.close();
  }
};

const measureAround = async (requests: number, send: () => Promise<void>) => {
  await repeat(requests / 10, send);
  const before = await readMemory();
  await repeat(requests, send);
  const after = await readMemory();
  return { requests, heapMb: (after.heap - before.heap) / mb, rssMb: (after.rss - before.rss) / mb };
};

const repeat = async (count: number, send: () => Promise<void>): Promise<void> => {
  let left = count;
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      while (left > 0) {
        left -= 1;
        await send();
      }
    }),
  );
};

const call = async (url: string, init: RequestInit, status: number): Promise<string> => {
  const answer = await fetch(url, { headers: { 'content-type': 'application/json' }, ...init });
  const text = await answer.text();
  if (answer.status !== status) throw new Error(`${init.method} ${url}: ${answer.status} ${text}`);
  return text;
};

const refuse = async (gateway: string): Promise<void> => {
  await call(`${gateway}/v3/images/generate-async`, { method: 'POST', body: '{"prompt":7}' }, 422);
};

const acceptAndErase = async (gateway: string): Promise<void> => {
  const accepted = await call(`${gateway}/v3/images/generate-async`, { method: 'POST', body: '{"prompt":"x"}' }, 202);
  const { jobId } = JSON.parse(accepted) as { jobId: string };
  await call(`${gateway}/v3/cancel/${jobId}`, { method: 'PUT' }, 200);
  await call(`${gateway}/jobs/${jobId}`, { method: 'DELETE' }, 204);
};
