/** The thread of the tables. It loads what serves them and nothing else: what it loads beside stays in memory. */
import { parentPort, workerData } from 'node:worker_threads';
import type { GuardRules } from '#shared/loopback-guard.ts';
import { collectAtRest } from './collect-garbage.ts';
import { startDynamoDb } from './dynamodb.ts';
import { limitLevelMemory, makeWritesAtomic } from './dynamodb-storage.ts';
import { createAuthorizer, type Decision, type IamDirectory } from './iam/authorizer.ts';
import type { PartitionKeys } from './iam/dynamodb-accesses.ts';
import { nameSources } from './programs.ts';

/** Who may do what with which tables. */
export interface Policies {
  directory: IamDirectory;
  partitionKeys: PartitionKeys;
}

/** What the thread is started with. */
export interface DynamoDbThreadData {
  guard: GuardRules;
  policies: Policies | undefined;
  path: string | undefined;
  /** Whether an item is on the disk before a write is answered. */
  isDurable: boolean;
}

/** What the thread says: where it listens, at first, and then what IAM decided. */
export type DynamoDbThreadMessage = string | Decision;

nameSources();
const { guard, policies, path, isDurable } = workerData as DynamoDbThreadData;
const say = (message: DynamoDbThreadMessage): void => parentPort?.postMessage(message);
const access = policies && {
  authorizer: createAuthorizer(policies.directory, say),
  partitionKeys: policies.partitionKeys,
};
if (path !== undefined) {
  limitLevelMemory();
  makeWritesAtomic(isDurable);
}
collectAtRest();
say((await startDynamoDb({ guard, access, path })).url);
