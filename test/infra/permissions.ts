import type { FunctionName } from '#shared/deployment/names.ts';
import type { Permission, Principal } from './permission-terms.ts';

const logs = ['logs:CreateLogStream', 'logs:PutLogEvents'];
const own = (name: FunctionName): Permission[] => [{ on: `log group of ${name}`, may: logs }];

const inPartitions = (...partitions: string[]) => ({
  'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': partitions },
});

const ownStatusItem = (name: FunctionName): Permission => ({
  on: 'job table',
  may: ['dynamodb:GetItem', 'dynamodb:PutItem'],
  when: inPartitions(`status#${name}`),
});

/** Lambda keeps there, as the function, what it was started with in vain. */
const failures: Permission = { on: 'queue of failures', may: ['sqs:SendMessage'] };

const announcementsOf = (...detailTypes: string[]): Permission => ({
  on: 'event bus of the stack',
  may: ['events:PutEvents'],
  when: { StringEquals: { 'events:source': 'firefly-gateway', 'events:detail-type': detailTypes } },
});

const announcements = announcementsOf('Job Ended', 'Batch Ended', 'Budget Threshold Reached');

const queries = (...on: Permission['on'][]): Permission[] => on.map((each) => ({ on: each, may: ['dynamodb:Query'] }));

/** Lists of denied words. */
const policyLists: Permission = { on: 'bucket policies/*', may: ['s3:GetObject'] };

const ownPolicies: Permission = { on: 'caller table', may: ['dynamodb:GetItem'], when: inPartitions('policies') };
const policies: Permission[] = [ownPolicies, policyLists];

/** Who may do what: all of it, and nothing else. The template is compared with this table in both directions. */
export const permissions: Record<Principal, Permission[]> = {
  api: [
    ...own('api'),
    {
      on: 'job table',
      may: [
        'dynamodb:BatchGetItem',
        'dynamodb:DeleteItem',
        'dynamodb:GetItem',
        'dynamodb:PutItem',
        'dynamodb:Query',
        'dynamodb:UpdateItem',
      ],
    },
    ...queries('index queue', 'index caller', 'index states', 'index changes'),
    policyLists,
    {
      on: 'caller table',
      may: ['dynamodb:DeleteItem', 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query'],
      when: inPartitions('callers', 'policies', 'secret-use'),
    },
    // Presigned URLs; DELETE /jobs/{id} erases every version.
    { on: 'bucket outputs/*', may: ['s3:DeleteObjectVersion', 's3:GetObject'] },
    { on: 'bucket thumbnails/*', may: ['s3:DeleteObjectVersion', 's3:GetObject'] },
    { on: 'bucket incoming/*', may: ['s3:DeleteObjectVersion'] },
    // Looks at inputs; takes uploads, itself and by presigned forms.
    { on: 'bucket uploads/*', may: ['s3:DeleteObjectVersion', 's3:GetObject', 's3:PutObject'] },
    { on: 'bucket inbox/*', may: ['s3:GetObject'] },
    // Requests of batches that came in a body, presigned reports.
    { on: 'bucket batches/*', may: ['s3:GetObject', 's3:PutObject'] },
    {
      on: 'bucket',
      may: ['s3:ListBucketVersions'],
      when: { StringLike: { 's3:prefix': ['outputs/*', 'thumbnails/*', 'incoming/*', 'uploads/*'] } },
    },
    {
      on: 'webhook table',
      may: ['dynamodb:DeleteItem', 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query', 'dynamodb:UpdateItem'],
    },
    { on: 'audit table', may: ['dynamodb:PutItem', 'dynamodb:Query'] },
    { on: 'function dispatch', may: ['lambda:InvokeFunction'] },
    { on: 'function passthrough', may: ['lambda:InvokeFunction'] },
    // Thumbnails of older outputs.
    { on: 'function thumbnail', may: ['lambda:InvokeFunction'] },
    // Test messages to webhooks.
    { on: 'alias live of notify', may: ['lambda:InvokeFunction'] },
    announcements,
  ],
  dispatch: [
    ...own('dispatch'),
    // Reads a job again by its key when the answer to a write was lost, and the heads of a queue by theirs.
    { on: 'job table', may: ['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:UpdateItem'] },
    // The pause of a caller, once all of its jobs are back in their queues.
    { on: 'job table', may: ['dynamodb:DeleteItem'], when: inPartitions('caller-pauses') },
    ...queries('index queue', 'index unpublished'),
    { on: 'alias live of generate', may: ['lambda:InvokeFunction'] },
    { on: 'alias live of inbox', may: ['lambda:InvokeFunction'] },
    // Announces the ends that a crash left unpublished.
    announcements,
  ],
  generate: [
    ...own('generate'),
    // Looks for a free slot of a short window, and for pauses before each submit.
    { on: 'job table', may: ['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:UpdateItem'] },
    { on: 'bucket outputs/*', may: ['s3:AbortMultipartUpload', 's3:GetObject', 's3:PutObject', 's3:PutObjectTagging'] },
    // What services write to presigned URLs.
    { on: 'bucket incoming/*', may: ['s3:DeleteObjectVersion', 's3:GetObject', 's3:PutObject'] },
    { on: 'bucket', may: ['s3:ListBucketVersions'], when: { StringLike: { 's3:prefix': ['incoming/*'] } } },
    // Inputs of jobs.
    { on: 'bucket uploads/*', may: ['s3:GetObject'] },
    { on: 'bucket inbox/*', may: ['s3:GetObject'] },
    { on: 'secret access-token', may: ['secretsmanager:GetSecretValue'] },
    { on: 'function dispatch', may: ['lambda:InvokeFunction'] },
    { on: 'function token-refresh', may: ['lambda:InvokeFunction'] },
    { on: 'every version of generate', may: ['lambda:CheckpointDurableExecution', 'lambda:GetDurableExecutionState'] },
    failures,
    announcements,
  ],
  inbox: [
    ...own('inbox'),
    {
      on: 'job table',
      may: [
        'dynamodb:BatchGetItem',
        'dynamodb:BatchWriteItem',
        'dynamodb:DeleteItem',
        'dynamodb:GetItem',
        'dynamodb:PutItem',
        'dynamodb:Query',
        'dynamodb:UpdateItem',
      ],
    },
    ...policies,
    // Counts the turns before a line whose input will expire.
    ...queries('index queue', 'index caller', 'index states'),
    // Erases webhooks and messages by their keys; secrets and bodies it may not read.
    {
      on: 'webhook table',
      may: ['dynamodb:BatchWriteItem', 'dynamodb:Query'],
      when: {
        'ForAllValues:StringEquals': { 'dynamodb:Attributes': ['pk', 'sk', 'webhookId'] },
        StringEqualsIfExists: { 'dynamodb:Select': 'SPECIFIC_ATTRIBUTES' },
      },
    },
    { on: 'bucket inbox/*', may: ['s3:DeleteObjectVersion', 's3:GetObject', 's3:GetObjectVersion'] },
    { on: 'bucket uploads/*', may: ['s3:DeleteObjectVersion', 's3:GetObject', 's3:GetObjectVersion'] },
    { on: 'bucket outputs/*', may: ['s3:DeleteObjectVersion'] },
    // Descriptions tell whose the outputs are.
    { on: 'every job.json', may: ['s3:GetObjectVersion'] },
    { on: 'bucket thumbnails/*', may: ['s3:DeleteObjectVersion'] },
    { on: 'bucket incoming/*', may: ['s3:DeleteObjectVersion'] },
    {
      on: 'bucket batches/*',
      may: ['s3:AbortMultipartUpload', 's3:DeleteObjectVersion', 's3:GetObject', 's3:GetObjectVersion', 's3:PutObject'],
    },
    // Erases every version of what belongs to a batch or a caller.
    {
      on: 'bucket',
      may: ['s3:ListBucketVersions'],
      when: {
        StringLike: { 's3:prefix': ['outputs/*', 'thumbnails/*', 'incoming/*', 'uploads/*', 'inbox/*', 'batches/*'] },
      },
    },
    { on: 'function dispatch', may: ['lambda:InvokeFunction'] },
    { on: 'every version of inbox', may: ['lambda:CheckpointDurableExecution', 'lambda:GetDurableExecutionState'] },
    failures,
    announcements,
  ],
  notify: [
    ...own('notify'),
    { on: 'webhook table', may: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query', 'dynamodb:UpdateItem'] },
    // Notes which callers have no webhooks.
    { on: 'job table', may: ['dynamodb:PutItem'], when: inPartitions('webhook-callers') },
    // An event starts one execution for each webhook.
    { on: 'alias live of notify', may: ['lambda:InvokeFunction'] },
    { on: 'every version of notify', may: ['lambda:CheckpointDurableExecution', 'lambda:GetDurableExecutionState'] },
    failures,
  ],
  passthrough: [...own('passthrough'), { on: 'secret access-token', may: ['secretsmanager:GetSecretValue'] }],
  thumbnail: [
    ...own('thumbnail'),
    { on: 'job table', may: ['dynamodb:GetItem', 'dynamodb:UpdateItem'] },
    // It can write no output.
    { on: 'bucket outputs/*', may: ['s3:GetObject'] },
    { on: 'every job.json', may: ['s3:PutObject'] },
    { on: 'bucket thumbnails/*', may: ['s3:DeleteObjectVersion', 's3:PutObject'] },
    { on: 'bucket', may: ['s3:ListBucketVersions'], when: { StringLike: { 's3:prefix': ['thumbnails/*'] } } },
    failures,
    announcementsOf('Output Inspected'),
  ],
  'token-refresh': [
    ...own('token-refresh'),
    { on: 'secret client-credentials', may: ['secretsmanager:GetSecretValue'] },
    { on: 'secret access-token', may: ['secretsmanager:GetSecretValue', 'secretsmanager:PutSecretValue'] },
    ownStatusItem('token-refresh'),
  ],
  'secret-rotation': [
    ...own('secret-rotation'),
    {
      on: 'secret client-credentials',
      may: [
        'secretsmanager:DescribeSecret',
        'secretsmanager:GetSecretValue',
        'secretsmanager:PutSecretValue',
        'secretsmanager:RotateSecret',
        'secretsmanager:UpdateSecretVersionStage',
      ],
    },
    { on: 'audit table', may: ['dynamodb:PutItem'] },
    { on: 'rotation table', may: ['dynamodb:GetItem', 'dynamodb:UpdateItem'] },
    ownStatusItem('secret-rotation'),
    { on: 'function token-refresh', may: ['lambda:InvokeFunction'] },
    // AWS asks this of whoever calls RotateSecret.
    { on: 'function secret-rotation', may: ['lambda:InvokeFunction'] },
  ],
  'caller-token': [
    ...own('caller-token'),
    { on: 'caller table', may: ['dynamodb:GetItem'], when: inPartitions('callers', 'failed-attempts') },
    { on: 'caller table', may: ['dynamodb:Query'], when: inPartitions('verification-keys') },
    // It can change no caller: everybody can call it.
    {
      on: 'caller table',
      may: ['dynamodb:DeleteItem', 'dynamodb:UpdateItem'],
      when: inPartitions('failed-attempts', 'secret-use'),
    },
    { on: 'audit table', may: ['dynamodb:PutItem'] },
    { on: 'secret signing-key', may: ['secretsmanager:GetSecretValue'] },
  ],
  authorize: [
    ...own('authorize'),
    { on: 'caller table', may: ['dynamodb:GetItem'], when: inPartitions('callers') },
    { on: 'caller table', may: ['dynamodb:Query'], when: inPartitions('verification-keys') },
  ],
  'signing-key': [
    ...own('signing-key'),
    {
      on: 'caller table',
      may: ['dynamodb:PutItem', 'dynamodb:Query', 'dynamodb:UpdateItem'],
      when: inPartitions('verification-keys'),
    },
    {
      on: 'secret signing-key',
      may: [
        'secretsmanager:DescribeSecret',
        'secretsmanager:GetSecretValue',
        'secretsmanager:PutSecretValue',
        'secretsmanager:UpdateSecretVersionStage',
      ],
    },
  ],
  'schedule of dispatch': [{ on: 'function dispatch', may: ['lambda:InvokeFunction'] }],
  'schedule of token-refresh': [{ on: 'function token-refresh', may: ['lambda:InvokeFunction'] }],
  'schedule of secret-rotation': [{ on: 'function secret-rotation', may: ['lambda:InvokeFunction'] }],
};
