import { once } from 'node:events';
import { parentPort, Worker, workerData } from 'node:worker_threads';
import type { TableDefinition } from '#shared/deployment/tables.ts';
import type { GuardRules } from '#shared/loopback-guard.ts';
import { createTemporaryFolder } from './data/temporary-folder.ts';
import { type DynamoDbServer, describeTable, startDynamoDb } from './dynamodb.ts';
import { prepareTables } from './dynamodb-folder.ts';
import { makeWritesAtomic } from './dynamodb-storage.ts';
import { createAuthorizer, type Decision, type IamDirectory } from './iam/authorizer.ts';
import type { PartitionKeys } from './iam/dynamodb-accesses.ts';

const role = 'dynamodb';

/** Who may do what with which tables. */
interface Policies {
  directory: IamDirectory;
  partitionKeys: PartitionKeys;
}

interface ThreadData {
  role: typeof role;
  guard: GuardRules;
  policies: Policies | undefined;
  path: string | undefined;
  /** Whether an item is on the disk before a write is answered. */
  isDurable: boolean;
}

interface ThreadOptions {
  guard?: GuardRules;
  policies?: Policies;
  path?: string | undefined;
  isTemporary?: boolean | undefined;
  tables?: Readonly<Record<string, TableDefinition>>;
  /** Receives the name of each table whose indexes were built anew. */
  onRebuilt?(name: string): void;
}

/** What the thread says: where it listens, at first, and then what IAM decided. */
type ThreadMessage = string | Decision;

/**
 * Starts the DynamoDB of {@link startDynamoDb} in a thread of its own, so that it does not compete with the HTTP front and
 * the other servers for one core.
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
  const data: ThreadData = { role, guard, policies, path: path ?? temporary?.path, isDurable: path !== undefined };
  const worker = new Worker(new URL(import.meta.url), { name: role, workerData: data, execArgv: [], env: {} });
  const [url] = (await once(worker, 'message')) as [string];
  worker.on('message', (message: ThreadMessage) => {
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

const serve = async ({ guard, policies, path, isDurable }: ThreadData): Promise<void> => {
  const say = (message: ThreadMessage): void => parentPort?.postMessage(message);
  const access = policies && {
    authorizer: createAuthorizer(policies.directory, say),
    partitionKeys: policies.partitionKeys,
  };
  if (path !== undefined) makeWritesAtomic(isDurable);
  say((await startDynamoDb({ guard, access, path })).url);
};

// Only the thread that was started above serves; whoever else imports this file may be a thread as well.
const data: Partial<ThreadData> | null = workerData;
if (data?.role === role) await serve(data as ThreadData);
