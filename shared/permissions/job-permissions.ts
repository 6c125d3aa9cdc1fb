import { manifestName, prefixes } from '../deployment/bucket.ts';
import type { Settings } from '../deployment/settings.ts';
import { callerPartitions, jobPartitions } from '../deployment/tables.ts';
import { announceEnds, announceInspections } from './announcements.ts';
import {
  aliasArn,
  allow,
  indexArn,
  inPartitions,
  inputObjects,
  keepExecutions,
  keepFailures,
  objectsUnder,
  type Permission,
  readInputs,
  readPolicies,
  readPolicyLists,
  type StackArns,
} from './permission.ts';

type JobArns = Pick<
  StackArns,
  'jobTable' | 'webhookTable' | 'callerTable' | 'auditTable' | 'bucket' | 'eventBus' | 'functions' | 'partition'
>;

/** What operators do to callers by the API: neither the keys of tokens nor failed attempts are among it. */
const manageCallers = (callerTable: string): Permission =>
  allow(
    ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:DeleteItem', 'dynamodb:Query'],
    [callerTable],
    inPartitions(callerPartitions.callers, callerPartitions.policies, callerPartitions.secretUse),
  );

/** What api may do. */
export const apiPermissions = (
  arns: JobArns,
  { inputBuckets, thumbnails }: Pick<Settings, 'inputBuckets' | 'thumbnails'>,
): Permission[] => {
  const { jobTable, bucket, functions } = arns;
  const erasable = [prefixes.outputs, prefixes.thumbnails, prefixes.incoming, prefixes.uploads];
  return [
    allow(
      [
        'dynamodb:BatchGetItem',
        'dynamodb:GetItem',
        'dynamodb:PutItem',
        'dynamodb:UpdateItem',
        'dynamodb:DeleteItem',
        'dynamodb:Query',
      ],
      [jobTable],
    ),
    allow(
      ['dynamodb:Query'],
      ['queue', 'caller', 'states', 'changes'].map((index) => indexArn(jobTable, index)),
    ),
    readPolicyLists(bucket),
    manageCallers(arns.callerTable),
    // A deletion names the version, always: without, S3 would only put a marker over the bytes.
    allow(
      ['s3:DeleteObjectVersion'],
      erasable.map((prefix) => objectsUnder(bucket, prefix)),
    ),
    allow(['s3:GetObject'], [objectsUnder(bucket, prefixes.thumbnails)]),
    readInputs(arns, inputBuckets),
    allow(['s3:PutObject'], [objectsUnder(bucket, prefixes.uploads)]),
    // The requests of a batch and its report.
    allow(['s3:GetObject', 's3:PutObject'], [objectsUnder(bucket, prefixes.batches)]),
    allow(['s3:ListBucketVersions'], [bucket], {
      StringLike: { 's3:prefix': erasable.map((prefix) => `${prefix}*`) },
    }),
    allow(
      ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem', 'dynamodb:Query'],
      [arns.webhookTable],
    ),
    // Adds to the audit trail and shows it.
    allow(['dynamodb:PutItem', 'dynamodb:Query'], [arns.auditTable]),
    // What is passed on to Adobe, and test messages to webhooks.
    allow(
      ['lambda:InvokeFunction'],
      [
        functions.dispatch,
        functions.passthrough,
        ...(thumbnails ? [functions.thumbnail] : []),
        aliasArn(arns, 'notify'),
      ],
    ),
    announceEnds(arns.eventBus),
  ];
};

/** What dispatch may do. */
export const dispatchPermissions = (arns: Pick<JobArns, 'jobTable' | 'functions' | 'eventBus'>): Permission[] => [
  // Reads a job again by its key when the answer to a write was lost, and the heads of a queue by theirs.
  allow(['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:UpdateItem'], [arns.jobTable]),
  // The pause of a caller, once all of its jobs are back in their queues.
  allow(['dynamodb:DeleteItem'], [arns.jobTable], inPartitions(jobPartitions.callerPauses)),
  allow(['dynamodb:Query'], [indexArn(arns.jobTable, 'queue'), indexArn(arns.jobTable, 'unpublished')]),
  allow(['lambda:InvokeFunction'], [aliasArn(arns, 'generate'), aliasArn(arns, 'inbox')]),
  announceEnds(arns.eventBus),
];

/** What generate may do. */
export const generatePermissions = (
  arns: Pick<JobArns, 'jobTable' | 'bucket' | 'functions' | 'eventBus' | 'partition'> &
    Pick<StackArns, 'accessToken' | 'failures'>,
  { inputBuckets }: Pick<Settings, 'inputBuckets'>,
): Permission[] => [
  // Looks for a free slot of a short window, and for pauses before each submit.
  allow(['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:UpdateItem'], [arns.jobTable]),
  // The labels of a job are tags of its outputs.
  allow(
    ['s3:PutObject', 's3:PutObjectTagging', 's3:AbortMultipartUpload'],
    [objectsUnder(arns.bucket, prefixes.outputs)],
  ),
  // What a service writes to a presigned URL is signed, read and erased by this role, every version of it.
  allow(['s3:PutObject', 's3:GetObject', 's3:DeleteObjectVersion'], [objectsUnder(arns.bucket, prefixes.incoming)]),
  allow(['s3:ListBucketVersions'], [arns.bucket], { StringLike: { 's3:prefix': [`${prefixes.incoming}*`] } }),
  readInputs(arns, inputBuckets),
  allow(['secretsmanager:GetSecretValue'], [arns.accessToken]),
  allow(['lambda:InvokeFunction'], [arns.functions['token-refresh'], arns.functions.dispatch]),
  announceEnds(arns.eventBus),
  ...keepExecutions(arns, 'generate'),
];

/** What inbox may do. */
export const inboxPermissions = (
  arns: Omit<JobArns, 'auditTable'> & Pick<StackArns, 'failures'>,
  { inputBuckets }: Pick<Settings, 'inputBuckets'>,
): Permission[] => {
  const { jobTable, bucket } = arns;
  const inputs = inputObjects(arns.partition, inputBuckets);
  const { outputs, thumbnails, incoming, uploads, inbox, batches } = prefixes;
  const erasable = [outputs, thumbnails, incoming, uploads, inbox, batches];
  const objects = (prefix: string): string => objectsUnder(bucket, prefix);
  return [
    allow(
      [
        'dynamodb:BatchGetItem',
        'dynamodb:BatchWriteItem',
        'dynamodb:DeleteItem',
        'dynamodb:GetItem',
        'dynamodb:PutItem',
        'dynamodb:Query',
        'dynamodb:UpdateItem',
      ],
      [jobTable],
    ),
    allow(
      ['dynamodb:Query'],
      ['queue', 'caller', 'states'].map((index) => indexArn(jobTable, index)),
    ),
    // Erases webhooks and their messages, by keys: it reads neither a secret nor a body.
    allow(['dynamodb:Query', 'dynamodb:BatchWriteItem'], [arns.webhookTable], {
      'ForAllValues:StringEquals': { 'dynamodb:Attributes': ['pk', 'sk', 'webhookId'] },
      StringEqualsIfExists: { 'dynamodb:Select': 'SPECIFIC_ATTRIBUTES' },
    }),
    // Requests: of an object whose version is known, that version.
    allow(['s3:GetObject', 's3:GetObjectVersion'], [prefixes.inbox, prefixes.batches, prefixes.uploads].map(objects)),
    readPolicies(arns.callerTable),
    readPolicyLists(bucket),
    ...(inputs.length === 0 ? [] : [allow(['s3:GetObject', 's3:GetObjectVersion'], inputs)]),
    allow(['s3:PutObject', 's3:AbortMultipartUpload'], [objects(prefixes.batches)]),
    // A deletion names the version, always: without, S3 would only put a marker over the bytes.
    allow(['s3:DeleteObjectVersion'], erasable.map(objects)),
    // Descriptions tell whose the outputs are that are erased.
    allow(['s3:GetObjectVersion'], [`${objects(prefixes.outputs)}/${manifestName}`]),
    allow(['s3:ListBucketVersions'], [bucket], {
      StringLike: { 's3:prefix': erasable.map((prefix) => `${prefix}*`) },
    }),
    allow(['lambda:InvokeFunction'], [arns.functions.dispatch]),
    announceEnds(arns.eventBus),
    ...keepExecutions(arns, 'inbox'),
  ];
};

/** What thumbnail may do. */
export const thumbnailPermissions = ({
  jobTable,
  bucket,
  failures,
  eventBus,
}: Pick<StackArns, 'jobTable' | 'bucket' | 'failures' | 'eventBus'>): Permission[] => [
  allow(['dynamodb:GetItem', 'dynamodb:UpdateItem'], [jobTable]),
  allow(['s3:GetObject'], [objectsUnder(bucket, prefixes.outputs)]),
  // Outputs themselves it cannot write.
  allow(['s3:PutObject'], [`${objectsUnder(bucket, prefixes.outputs)}/${manifestName}`]),
  // Thumbnails of an output that is gone go as well; a deletion names the version.
  allow(['s3:PutObject', 's3:DeleteObjectVersion'], [objectsUnder(bucket, prefixes.thumbnails)]),
  allow(['s3:ListBucketVersions'], [bucket], { StringLike: { 's3:prefix': [`${prefixes.thumbnails}*`] } }),
  keepFailures(failures),
  announceInspections(eventBus),
];
