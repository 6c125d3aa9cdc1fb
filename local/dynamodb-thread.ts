import { once } from 'node:events';
import { parentPort, Worker, workerData } from 'node:worker_threads';
import type { GuardRules } from '#shared/loopback-guard.ts';
import { type DynamoDbServer, startDynamoDb } from './dynamodb.ts';
import { checkTables, makeWritesDurable } from './dynamodb-storage.ts';
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
}

/** What the thread says: where it listens, at first, and then what IAM decided. */
type ThreadMessage = string | Decision;

/**
 * Starts the DynamoDB of {@link startDynamoDb} in a thread of its own, so that it does not compete with the HTTP front and
 * the other servers for one core.
 *
 * @param options.policies without them everything is allowed
 * @param options.path folder that keeps the tables; without one they are kept in memory
 * @throws {DataFolderError} if the folder cannot be read
 */
export const startDynamoDbThread = async (
  options: { guard?: GuardRules; policies?: Policies; path?: string | undefined } = {},
  onDecision: (decision: Decision) => void = () => {},
): Promise<DynamoDbServer> => {
  const { guard = {}, policies, path } = options;
  if (path !== undefined) await checkTables(path);
  const data: ThreadData = { role, guard, policies, path };
  const worker = new Worker(new URL(import.meta.url), { name: role, workerData: data, execArgv: [], env: {} });
  const [url] = (await once(worker, 'message')) as [string];
  worker.on('message', (message: ThreadMessage) => {
    if (typeof message !== 'string') onDecision(message);
  });
  return {
    url,
    close: async () => {
      await worker.terminate();
    },
  };
};

const serve = async ({ guard, policies, path }: ThreadData): Promise<void> => {
  const say = (message: ThreadMessage): void => parentPort?.postMessage(message);
  const access = policies && {
    authorizer: createAuthorizer(policies.directory, say),
    partitionKeys: policies.partitionKeys,
  };
  if (path !== undefined) makeWritesDurable();
  say((await startDynamoDb({ guard, access, path })).url);
};

// Only the thread that was started above serves; whoever else imports this file may be a thread as well.
const data: Partial<ThreadData> | null = workerData;
if (data?.role === role) await serve(data as ThreadData);
