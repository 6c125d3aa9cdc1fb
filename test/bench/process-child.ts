import { pathToFileURL } from 'node:url';
import type { ProcessAnswer } from './process-handler.ts';

const bundle = process.argv[2] ?? '';
const { handler } = (await import(pathToFileURL(bundle).href)) as {
  handler(event: unknown, context: unknown): Promise<unknown>;
};
const idleRssBytes = process.memoryUsage().rss;

const context = {
  functionName: 'generate',
  functionVersion: '1',
  invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:generate:1',
  memoryLimitInMB: '512',
  awsRequestId: '00000000-0000-4000-8000-000000000000',
  getRemainingTimeInMillis: () => 600_000,
};

// The system's own maximum would count the parent's memory at the moment of the fork as well.
let peakRssBytes = idleRssBytes;
setInterval(() => {
  peakRssBytes = Math.max(peakRssBytes, process.memoryUsage.rss());
}, 5).unref();

process.on('message', async ({ event }: { event: unknown }) => {
  const answer: ProcessAnswer = { idleRssBytes, peakRssBytes: 0 };
  try {
    answer.result = await handler(event, context);
  } catch (error) {
    answer.error = String(error);
  }
  answer.peakRssBytes = Math.max(peakRssBytes, process.memoryUsage.rss());
  process.send?.(answer);
});
