import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { TableDefinition } from '#shared/deployment/tables.ts';
import type { GuardRules } from '#shared/loopback-guard.ts';
import { describeTable } from './create-tables.ts';
import { createTemporaryFolder } from './data/temporary-folder.ts';
import type { DynamoDbServer } from './dynamodb.ts';
import { prepareTables } from './dynamodb-folder.ts';
import type { DynamoDbThreadData, DynamoDbThreadMessage, Policies } from './dynamodb-thread.ts';
import type { Decision } from './iam/authorizer.ts';
import { findProgram } from './programs.ts';

interface ThreadOptions {
  guard?: GuardRules;
  policies?: Policies;
  path?: string | undefined;
  isTemporary?: boolean | undefined;
  tables?: Readonly<Record<string, TableDefinition>>;
  /** Receives the name of each table whose indexes were built anew. */
  onRebuilt?(name: string): void;
}

/**
 * Starts a DynamoDB in a thread of its own, so that it does not compete with the HTTP front and the other servers for one core.
 *
 * @param options.policies without them everything is allowed
 * @param options.path folder that keeps the tables; without one they are kept in memory
 * @param options.isTemporary without a path, has a folder hold them that ends with the server: waiting jobs take little memory so
 * @param options.tables those of the folder as they are today, by their names: indexes that differ are built anew
 * @throws {DataFolderError} if the folder cannot be read
 */
export const startDynamoDbThread = async (
  options: ThreadOptions = {},
  onDecision: (decision: Decision) => void = () => {},
): Promise<DynamoDbServer> => {
  const { guard = {}, policies, path, tables = {} } = options;
  if (path !== undefined) {
    const today = Object.entries(tables).map(([name, definition]) => describeTable(name, definition));
    for (const name of await prepareTables(path, today)) options.onRebuilt?.(name);
  }
  const temporary = path === undefined && options.isTemporary ? await createTemporaryFolder() : undefined;
  const workerData: DynamoDbThreadData = {
    guard,
    policies,
    path: path ?? temporary?.path,
    isDurable: path !== undefined,
  };
  const worker = new Worker(findProgram('dynamodb-thread'), { name: 'dynamodb', workerData, execArgv: [], env: {} });
  const [url] = (await once(worker, 'message').catch(async (error: unknown) => {
    await temporary?.remove();
    throw error;
  })) as [string];
  worker.on('message', (message: DynamoDbThreadMessage) => {
    if (typeof message !== 'string') onDecision(message);
  });
  return {
    url,
    close: async () => {
      await worker.terminate();
      await temporary?.remove();
    },
  };
};
