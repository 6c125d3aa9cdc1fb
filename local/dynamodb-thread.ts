import { once } from 'node:events';
import { parentPort, Worker, workerData } from 'node:worker_threads';
import type { GuardRules } from '#shared/loopback-guard.ts';
import { type DynamoDbServer, startDynamoDb } from './dynamodb.ts';

const role = 'dynamodb';

interface ThreadData {
  role: typeof role;
  guard: GuardRules;
}

/**
 * Starts the DynamoDB of {@link startDynamoDb} in a thread of its own, so that it does not compete with the HTTP front and
 * the other servers for one core.
 */
export const startDynamoDbThread = async (guard: GuardRules = {}): Promise<DynamoDbServer> => {
  const data: ThreadData = { role, guard };
  const worker = new Worker(new URL(import.meta.url), { name: role, workerData: data, execArgv: [], env: {} });
  const [url] = (await once(worker, 'message')) as [string];
  return {
    url,
    close: async () => {
      await worker.terminate();
    },
  };
};

// Only the thread that was started above serves; whoever else imports this file may be a thread as well.
const data: Partial<ThreadData> | null = workerData;
if (data?.role === role) parentPort?.postMessage((await startDynamoDb({ guard: data.guard })).url);
