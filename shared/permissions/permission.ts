import { prefixes } from '../deployment/bucket.ts';
import { durableAlias, type FunctionName } from '../deployment/names.ts';
import { callerPartitions, jobPartitions } from '../deployment/tables.ts';

/** Conditions as IAM writes them: values by key by operator. */
export type Conditions = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

/** What a role may do: exact actions on exact resources. It becomes a statement of the template, and the embedded stack enforces it. */
export interface Permission {
  actions: readonly string[];
  /** ARNs, in which `*` stands for any characters. */
  resources: readonly string[];
  conditions?: Conditions;
}

/** The ARNs of what the functions work with: references in the template, names in the embedded stack. */
export interface StackArns {
  jobTable: string;
  webhookTable: string;
  callerTable: string;
  auditTable: string;
  rotationTable: string;
  bucket: string;
  clientCredentials: string;
  accessToken: string;
  signingKey: string;
  eventBus: string;
  /** The queue of what could not be worked off. */
  failures: string;
  /** Without a version or an alias. */
  functions: Readonly<Record<FunctionName, string>>;
  /** `aws` in most regions. */
  partition: string;
}

export const allow = (
  actions: readonly string[],
  resources: readonly string[],
  conditions?: Conditions,
): Permission => ({ actions, resources, conditions });

/** That every item of a request lies in one of these partitions. */
export const inPartitions = (...partitions: readonly string[]): Conditions => ({
  'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': partitions },
});

/** The ARN of an index of a table. */
export const indexArn = (table: string, index: string): string => `${table}/index/${index}`;

/** The ARN by which a durable function is invoked. */
export const aliasArn = ({ functions }: Pick<StackArns, 'functions'>, name: FunctionName): string =>
  `${functions[name]}:${durableAlias}`;

/** All objects under a prefix of the gateway's bucket. */
export const objectsUnder = (bucket: string, prefix: string): string => `${bucket}/${prefix}*`;

/** All objects of the buckets that the settings let callers name. */
export const inputObjects = (partition: string, inputBuckets: readonly string[]): string[] =>
  inputBuckets.map((name) => `arn:${partition}:s3:::${name}/*`);

/** Reads the images that jobs take as input: from the gateway's bucket and from those that the settings name. */
export const readInputs = (
  { bucket, partition }: Pick<StackArns, 'bucket' | 'partition'>,
  inputBuckets: readonly string[],
): Permission =>
  allow(
    ['s3:GetObject'],
    [
      ...[prefixes.outputs, prefixes.uploads, prefixes.inbox].map((prefix) => objectsUnder(bucket, prefix)),
      ...inputObjects(partition, inputBuckets),
    ],
  );

/** Reads and writes the one status item of a function, and no other item of the job table. */
export const keepStatusItem = (jobTable: string, name: FunctionName): Permission =>
  allow(['dynamodb:GetItem', 'dynamodb:PutItem'], [jobTable], inPartitions(jobPartitions.status(name)));

/** Reads what callers may do, and nothing else of the table of callers. */
export const readPolicies = (callerTable: string): Permission =>
  allow(['dynamodb:GetItem'], [callerTable], inPartitions(callerPartitions.policies));

/** Reads the lists that policies refer to. */
export const readPolicyLists = (bucket: string): Permission =>
  allow(['s3:GetObject'], [objectsUnder(bucket, prefixes.policies)]);

/** Lets a durable function record its own executions, which hang below a version, and leave what it could not work off. */
export const keepExecutions = (
  { functions, failures }: Pick<StackArns, 'functions' | 'failures'>,
  name: FunctionName,
): Permission[] => [
  // An unqualified ARN never matches.
  allow(['lambda:CheckpointDurableExecution', 'lambda:GetDurableExecutionState'], [`${functions[name]}:*`]),
  keepFailures(failures),
];

/** Lambda sends there, as the function, what it was started with in vain. */
export const keepFailures = (failures: string): Permission => allow(['sqs:SendMessage'], [failures]);
