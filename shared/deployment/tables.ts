import type { FunctionName } from './names.ts';

/** The keys of a table's items, or of their copies in an index: attributes that are strings. */
export interface Keys {
  partitionKey: string;
  sortKey?: string;
}

/**
 * An index holds the keys of every item that has its own, and no more than it says: what it holds is written again whenever it
 * changes, all of it into the partition that all waiting jobs share, and a count pays for it as well.
 */
export interface IndexDefinition extends Required<Keys> {
  /** Attributes that it holds besides the keys. */
  includes?: readonly [string, ...string[]];
}

/** A table, as a deployment creates it. */
export interface TableDefinition<Index extends string = string> extends Keys {
  /** Holds the time, in epoch seconds, after which DynamoDB deletes an item. */
  timeToLiveAttribute?: string;
  /** By their names. */
  indexes?: Readonly<Record<Index, IndexDefinition>>;
}

const item = { partitionKey: 'pk', sortKey: 'sk' } as const;

/** What lists of jobs are filtered by, without a look at the records; states have an index of their own. */
const listFilters = ['operation', 'modelVersion', 'labels', 'batchId', 'favourite', 'seeds', 'prompt'] as const;

/** Jobs, batches, quotas and the status items. */
export const jobTable = {
  ...item,
  timeToLiveAttribute: 'expiresAt',
  indexes: {
    queue: { partitionKey: 'queueState', sortKey: 'queueOrder', includes: ['createdAt', 'caller'] },
    caller: {
      partitionKey: 'caller',
      sortKey: 'createdOrder',
      includes: listFilters,
    },
    states: { partitionKey: 'callerState', sortKey: 'createdOrder', includes: listFilters },
    changes: { partitionKey: 'caller', sortKey: 'changedOrder' },
    unpublished: { partitionKey: 'unpublished', sortKey: 'finishedAt' },
  },
} as const satisfies TableDefinition;

/** The name of an index of the job table. */
export type JobIndex = keyof typeof jobTable.indexes;

/** Webhooks with their secrets, and deliveries: a table of its own, as few functions may read it. */
export const webhookTable = { ...item, timeToLiveAttribute: 'expiresAt' } as const satisfies TableDefinition;

/** Callers, the public keys of their tokens, and failed attempts to get one. */
export const callerTable = { ...item, timeToLiveAttribute: 'expiresAt' } as const satisfies TableDefinition;

/** The audit trail: a table of its own, as its roles may add to it and do nothing else. */
export const auditTable = { ...item, timeToLiveAttribute: 'expiresAt' } as const satisfies TableDefinition;

/** The state of the rotation, which no other function can reach. */
export const rotationTable = { partitionKey: 'pk' } as const satisfies TableDefinition;

/** The partitions of the job table. */
export const jobPartitions = {
  /** One job: its record and its request. */
  job: (jobId: string) => `job#${jobId}`,
  /** One batch, and its lines that are no jobs. */
  batch: (batchId: string) => `batch#${batchId}`,
  /** What all jobs of a lane share: permits, pause, day counters, served rounds. */
  lane: (lane: string) => `quota#${lane}`,
  /** What all lanes share. */
  allLanes: 'quota',
  /** Callers whose jobs get no turns, or get them again; few enough to be listed whole. */
  callerPauses: 'caller-pauses',
  /** Whether callers have webhooks, by their hashes. */
  webhookCallers: 'webhook-callers',
  /** What the jobs of a caller share. */
  caller: (caller: string) => `caller#${caller}`,
  /** What the jobs of a caller cost, by month. */
  budget: (caller: string) => `budget#${caller}`,
  /** What a budget holds for a job; kept longer than the job, so that nothing is counted twice. */
  reservation: (jobId: string) => `reservation#${jobId}`,
  /** What jobs of all callers cost in a month, by caller, day, operation and model. */
  usage: (month: string) => `usage#${month}`,
  /** The same of jobs with labels, by label. */
  labelUsage: (month: string) => `label-usage#${month}`,
  /** The upload of an input, by the hash of its identity. */
  input: (hash: string) => `input#${hash}`,
  /** The callers who made an upload in Adobe's storage, by its id in lower case. */
  upload: (uploadId: string) => `upload#${uploadId}`,
  /** The job whose outputs answer a request, by the hash of its identity. */
  reuse: (hash: string) => `reuse#${hash}`,
  /** How long the jobs of an operation take, by model. */
  pace: (operation: string) => `pace#${operation}`,
  /** What is being erased, or has been lately. */
  erasures: 'erasures',
  /** What a function writes of itself for `/health`; its role can reach no other partition. */
  status: (name: FunctionName) => `status#${name}`,
} as const;

/** The key of a job's record. */
export const jobKey = (jobId: string) => ({ pk: jobPartitions.job(jobId), sk: 'job' });

/** The partitions of the webhook table. */
export const webhookPartitions = {
  /** The webhooks of a caller. */
  caller: (caller: string) => `caller#${caller}`,
  /** The deliveries of a webhook. */
  webhook: (webhookId: string) => `webhook#${webhookId}`,
} as const;

/** The partitions of the caller table. */
export const callerPartitions = {
  /** Every caller: few enough to be listed whole. */
  callers: 'callers',
  /** What callers may do, by caller; in every auth mode. */
  policies: 'policies',
  /** When each secret of a caller was last used. */
  secretUse: 'secret-use',
  /** The public keys that tokens are verified with. */
  verificationKeys: 'verification-keys',
  /** Failed attempts to get a token, by caller and by source address. */
  failedAttempts: 'failed-attempts',
} as const;

/**
 * The partition of the audit trail that a time lies in: one for each day.
 *
 * @param time ISO
 */
export const auditPartition = (time: string): string => `day#${time.slice(0, 10)}`;

/** The one partition of the rotation table. */
export const rotationPartition = 'client-credentials';
