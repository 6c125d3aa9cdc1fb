import { once } from 'node:events';
import { parentPort, Worker, workerData } from 'node:worker_threads';
import { type DynamoDbServer, startDynamoDb } from './dynamodb.ts';

const role = 'dynamodb';

/**
 * Starts the DynamoDB of {@link startDynamoDb} in a thread of its own, so that it does not compete with the HTTP front and
 * the other servers for one core.
 */
export const startDynamoDbThread = async (): Promise<DynamoDbServer> => {
  const worker = new Worker(new URL(import.meta.url), { name: role, workerData: role, execArgv: [] });
  const [url] = (await once(worker, 'message')) as [string];
  return {
    url,
    close: async () => {
      await worker.terminate();
    },
  };
};

// Only the thread that was started above serves; whoever else imports this file may be a thread as well.
if (workerData === role) parentPort?.postMessage((await startDynamoDb()).url);
