import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { atoms, granted } from './granted.ts';
import { accountKeyArn, keyPermissions } from './key-permissions.ts';
import { durableFunctions, type Principal } from './permission-terms.ts';
import { permissions } from './permissions.ts';
import { ofType, type Resource, synthesise } from './synthesise.ts';

/** Where each type of resource that CloudFormation lets encrypt by a key of the account names that key. */
const keyPaths: Record<string, string[]> = {
  'AWS::DynamoDB::Table': ['SSESpecification.KMSMasterKeyId'],
  'AWS::Events::EventBus': ['KmsKeyIdentifier'],
  'AWS::Lambda::Function': ['KmsKeyArn'],
  'AWS::Logs::LogGroup': ['KmsKeyId'],
  'AWS::S3::Bucket': [
    'BucketEncryption.ServerSideEncryptionConfiguration.0.ServerSideEncryptionByDefault.KMSMasterKeyID',
  ],
  'AWS::SNS::Topic': ['KmsMasterKeyId'],
  'AWS::SQS::Queue': ['KmsMasterKeyId'],
  'AWS::Scheduler::Schedule': ['KmsKeyArn'],
  'AWS::SecretsManager::Secret': ['KmsKeyId'],
};

/** Types that hold nothing of anybody's, and for which CloudFormation knows no key. */
const keyless = [
  /^AWS::ApiGatewayV2::/,
  /^AWS::CloudWatch::(Alarm|Dashboard)$/,
  /^AWS::Events::(EventBusPolicy|Rule)$/,
  /^AWS::IAM::/,
  /^AWS::Lambda::(Alias|EventInvokeConfig|Permission|Version)$/,
  /^AWS::S3::BucketPolicy$/,
  /^AWS::SNS::(Subscription|TopicPolicy)$/,
  /^AWS::SQS::QueuePolicy$/,
  /^AWS::Scheduler::ScheduleGroup$/,
  /^AWS::SecretsManager::RotationSchedule$/,
];

const stages = [
  { kmsKeyArn: accountKeyArn },
  { kmsKeyArn: accountKeyArn, auth: { mode: 'iam' }, copyEventsToDefaultBus: true, alarmEmail: 'ops@example.com' },
];

const at = (properties: unknown, path: string): unknown =>
  path.split('.').reduce<unknown>((value, part) => (value as Record<string, unknown> | undefined)?.[part], properties);

describe.each(stages)('a stage with a key of the account: %j', (settings) => {
  const { resources } = synthesise(settings);

  it('leaves nothing on a key of AWS that may have another', () => {
    for (const [id, { Type, Properties }] of Object.entries(resources)) {
      const paths = keyPaths[Type];
      if (paths === undefined)
        expect(
          keyless.some((pattern) => pattern.test(Type)),
          `${id}: ${Type}`,
        ).toBe(true);
      for (const path of paths ?? []) expect(at(Properties, path), `${id}: ${path}`).toBe(accountKeyArn);
    }
    const found = new Set(Object.values(resources).map(({ Type }) => Type));
    expect(Object.keys(keyPaths).filter((type) => !found.has(type))).toEqual([]);
  });

  it('encrypts what durable functions remember', () => {
    const durable = ofType(resources, 'AWS::Lambda::Function').filter(({ Properties }) => Properties['DurableConfig']);
    expect(durable).toHaveLength(durableFunctions.length);
    for (const { Properties } of durable) expect(at(Properties, 'DurableConfig.KMSKeyArn')).toBe(accountKeyArn);
  });

  it('has a key of the bucket, and no queue with a second kind of encryption', () => {
    const [bucket] = ofType(resources, 'AWS::S3::Bucket');
    const rule = at(bucket?.Properties, 'BucketEncryption.ServerSideEncryptionConfiguration.0');
    expect(rule).toMatchObject({ BucketKeyEnabled: true, ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' } });
    for (const queue of ofType(resources, 'AWS::SQS::Queue')) {
      expect(queue.Properties).not.toHaveProperty('SqsManagedSseEnabled');
    }
  });
});

describe('the roles of a stage with a key of the account', () => {
  const { stack, resources } = synthesise({ kmsKeyArn: accountKeyArn });
  const roles = granted(stack, resources);

  it.each(Object.keys(permissions) as Principal[])('%s: may use it as far as it must', (principal) => {
    expect(roles.get(principal)).toEqual(atoms([...permissions[principal], ...keyPermissions[principal]]));
  });
});

describe('the policy of the key in the documentation', () => {
  const [, json = ''] = /```json\n(\[.*?\])\n```/s.exec(readFileSync('docs/security.md', 'utf8')) ?? [];
  const statements = z
    .array(z.object({ Principal: z.object({ Service: z.string() }), Condition: z.record(z.string(), z.unknown()) }))
    .parse(JSON.parse(json));

  it('has a statement for each service that uses the key in its own name, none without a condition', () => {
    const services = statements.map(({ Principal }) => Principal.Service.split('.')[0]);
    expect(services).toEqual(['logs', 'cloudwatch', 'events', 'lambda']);
    for (const { Condition } of statements) expect(Object.keys(Condition)).toHaveLength(1);
  });

  it('covers the names of all log groups', () => {
    const patterns = JSON.stringify(statements).match(/log-group:[^"*]+(?=\*)/g) ?? [];
    const starts = patterns.map((pattern) => pattern.replace('log-group:', '').replace('-prod-', '-test-'));
    const groups = ofType(synthesise().resources, 'AWS::Logs::LogGroup');
    for (const { Properties } of groups) {
      const name = JSON.stringify(Properties['LogGroupName']);
      expect(
        starts.some((start) => name.includes(`"${start}`)),
        name,
      ).toBe(true);
    }
  });
});

describe('a stage without one', () => {
  it('names no key', () => {
    const { resources } = synthesise();
    const keys = (value: Record<string, Resource>) => JSON.stringify(value).match(/"(Kms|KMS)\w*"|kms:/g);
    expect(keys(resources)).toBeNull();
  });
});
