import type { Permission, Principal } from './permission-terms.ts';

/** A key that a stage may name in `kmsKeyArn`. */
export const accountKeyArn = 'arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';

const through = (service: string, ...may: ('kms:Decrypt' | 'kms:GenerateDataKey')[]): Permission => ({
  on: 'key of the account',
  may,
  when: {
    StringEquals: { 'kms:ViaService': { 'Fn::Join': ['', [`${service}.`, { Ref: 'AWS::Region' }, '.amazonaws.com']] } },
  },
});

const tables = through('dynamodb', 'kms:Decrypt');
const readSecrets = through('secretsmanager', 'kms:Decrypt');
const writeSecrets = through('secretsmanager', 'kms:Decrypt', 'kms:GenerateDataKey');
const objects = through('s3', 'kms:Decrypt', 'kms:GenerateDataKey');
// Own executions, and the queue of what could not be worked off.
const durable = [
  through('lambda', 'kms:Decrypt', 'kms:GenerateDataKey'),
  through('sqs', 'kms:Decrypt', 'kms:GenerateDataKey'),
];
const schedule = [through('scheduler', 'kms:Decrypt')];

/** What each role may do beside what it always may, where the stage has a key of the account. */
export const keyPermissions: Record<Principal, Permission[]> = {
  api: [tables, objects],
  dispatch: [tables],
  generate: [tables, objects, readSecrets, ...durable],
  inbox: [tables, objects, ...durable],
  notify: [tables, ...durable],
  passthrough: [readSecrets],
  thumbnail: [tables, objects, through('sqs', 'kms:Decrypt', 'kms:GenerateDataKey')],
  'token-refresh': [tables, writeSecrets],
  'secret-rotation': [tables, writeSecrets],
  'caller-token': [tables, readSecrets],
  authorize: [tables],
  'signing-key': [tables, writeSecrets],
  'schedule of dispatch': schedule,
  'schedule of token-refresh': schedule,
  'schedule of secret-rotation': schedule,
};
