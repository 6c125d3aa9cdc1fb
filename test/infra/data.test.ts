import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { functionNames } from '#shared/deployment/names.ts';
import { ofType, synthesise } from './synthesise.ts';

const kept = synthesise();
const { template, resources } = kept;

describe('the bucket', () => {
  it('is private, encrypted, versioned and raises events without a custom resource', () => {
    template.hasResourceProperties('AWS::S3::Bucket', {
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      BucketEncryption: Match.anyValue(),
      VersioningConfiguration: { Status: 'Enabled' },
      NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } },
    });
    const types = new Set(Object.values(resources).map(({ Type }) => Type));
    expect([...types].filter((type) => type.includes('Custom'))).toEqual([]);
    expect(ofType(resources, 'AWS::Lambda::Function')).toHaveLength(functionNames.length);
  });

  it('refuses everything that does not come over TLS', () => {
    template.hasResourceProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Effect: 'Deny',
            Action: 's3:*',
            Principal: { AWS: '*' },
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          }),
        ]),
      },
    });
  });

  it('gives up unfinished uploads and old versions, but no output unless told to', () => {
    expect(lifecycleOf({})).toEqual([
      expect.objectContaining({
        AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
        NoncurrentVersionExpiration: { NoncurrentDays: 7 },
      }),
      { Id: 'incoming', Prefix: 'incoming/', ExpirationInDays: 2, Status: 'Enabled' },
      { Id: 'uploads', Prefix: 'uploads/', ExpirationInDays: 30, Status: 'Enabled' },
      { Id: 'inbox', Prefix: 'inbox/', ExpirationInDays: 30, Status: 'Enabled' },
      { Id: 'batches', Prefix: 'batches/', ExpirationInDays: 30, Status: 'Enabled' },
    ]);
    const rules = lifecycleOf({
      outputRetentionDays: 14,
      uploadRetentionDays: 7,
      batchRetentionDays: 21,
      previousVersionRetentionDays: 2,
    });
    expect(rules).toEqual([
      expect.objectContaining({ NoncurrentVersionExpiration: { NoncurrentDays: 2 } }),
      { Id: 'incoming', Prefix: 'incoming/', ExpirationInDays: 2, Status: 'Enabled' },
      { Id: 'uploads', Prefix: 'uploads/', ExpirationInDays: 7, Status: 'Enabled' },
      { Id: 'outputs', Prefix: 'outputs/', ExpirationInDays: 14, Status: 'Enabled' },
      { Id: 'thumbnails', Prefix: 'thumbnails/', ExpirationInDays: 14, Status: 'Enabled' },
      { Id: 'inbox', Prefix: 'inbox/', ExpirationInDays: 21, Status: 'Enabled' },
      { Id: 'batches', Prefix: 'batches/', ExpirationInDays: 21, Status: 'Enabled' },
    ]);
  });

  it('lets pages of the chosen origins fetch presigned URLs, and the console send files by forms as well', () => {
    const withoutConsole = synthesise({ console: 'off' }).template;
    withoutConsole.hasResourceProperties('AWS::S3::Bucket', { CorsConfiguration: Match.absent() });
    synthesise({ gatewayUrl: 'https://firefly.example.com' }).template.hasResourceProperties('AWS::S3::Bucket', {
      CorsConfiguration: {
        CorsRules: [{ AllowedOrigins: ['https://firefly.example.com'], AllowedMethods: ['GET', 'HEAD', 'POST'] }],
      },
    });
    synthesise({ console: 'off', corsOrigins: ['https://app.example.com'] }).template.hasResourceProperties(
      'AWS::S3::Bucket',
      {
        CorsConfiguration: {
          CorsRules: [{ AllowedOrigins: ['https://app.example.com'], AllowedMethods: ['GET', 'HEAD'] }],
        },
      },
    );
  });
});

describe('the job table', () => {
  it('has its keys, indexes and time to live, is on demand and can be restored', () => {
    const index = (IndexName: string, hash: string, range: string, Projection: object) => ({
      IndexName,
      KeySchema: [
        { AttributeName: hash, KeyType: 'HASH' },
        { AttributeName: range, KeyType: 'RANGE' },
      ],
      Projection,
    });
    const listed = {
      ProjectionType: 'INCLUDE',
      NonKeyAttributes: ['operation', 'modelVersion', 'labels', 'batchId', 'favourite', 'seeds', 'prompt'],
    };
    const keysOnly = { ProjectionType: 'KEYS_ONLY', NonKeyAttributes: Match.absent() };
    template.hasResourceProperties('AWS::DynamoDB::Table', {
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      GlobalSecondaryIndexes: [
        index('queue', 'queueState', 'queueOrder', {
          ProjectionType: 'INCLUDE',
          NonKeyAttributes: ['createdAt', 'caller'],
        }),
        index('caller', 'caller', 'createdOrder', listed),
        index('states', 'callerState', 'createdOrder', listed),
        index('changes', 'caller', 'changedOrder', { ProjectionType: 'KEYS_ONLY' }),
        index('unpublished', 'unpublished', 'finishedAt', keysOnly),
      ],
      TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
      BillingMode: 'PAY_PER_REQUEST',
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    });
  });
});

describe('the secrets', () => {
  it('begin as a placeholder that Secrets Manager generates; no value is in the template', () => {
    const secrets = ofType(resources, 'AWS::SecretsManager::Secret');
    expect(secrets.map(({ Properties }) => Properties['Name'])).toEqual([
      'firefly-gateway-test/client-credentials',
      'firefly-gateway-test/access-token',
      'firefly-gateway-test/signing-key',
    ]);
    for (const { Properties } of secrets) {
      expect(Properties).not.toHaveProperty('SecretString');
      expect(Properties['GenerateSecretString']).toMatchObject({
        SecretStringTemplate: '{}',
        GenerateStringKey: 'placeholder',
      });
    }
    expect(JSON.stringify(template.toJSON())).not.toContain('{{resolve:secretsmanager');
  });
});

describe('cdk destroy', () => {
  const policies = (found: typeof kept) =>
    Object.fromEntries(
      [
        'OutputsBucket',
        'JobTable',
        'RotationTable',
        'WebhookTable',
        'ClientCredentialsSecret',
        'AccessTokenSecret',
      ].map((id) => [id, [found.resources[id]?.DeletionPolicy, found.resources[id]?.UpdateReplacePolicy]]),
    );

  it('leaves the data, except for the access token', () => {
    const retained = ['RetainExceptOnCreate', 'Retain'];
    expect(policies(kept)).toEqual({
      OutputsBucket: retained,
      JobTable: ['Retain', 'Retain'],
      RotationTable: ['Retain', 'Retain'],
      WebhookTable: ['Retain', 'Retain'],
      ClientCredentialsSecret: retained,
      AccessTokenSecret: ['Delete', 'Delete'],
    });
  });

  it('cannot delete a table by mistake, nor can anybody else, until its protection is off', () => {
    const protection = (found: typeof kept) =>
      ofType(found.resources, 'AWS::DynamoDB::Table').map(({ Properties }) => Properties['DeletionProtectionEnabled']);
    expect(protection(kept)).toEqual([true, true, true, true, true]);
    expect(protection(synthesise({ keepData: false }))).toEqual([false, false, false, false, false]);
  });

  it('leaves the access log, by a name that the next stack does not take', () => {
    const accessLog = (found: typeof kept) =>
      ofType(found.resources, 'AWS::Logs::LogGroup').find(({ Properties }) =>
        JSON.stringify(Properties['LogGroupName']).includes('/aws/vendedlogs/firefly-gateway-test-access-'),
      );
    expect(accessLog(kept)).toMatchObject({
      DeletionPolicy: 'RetainExceptOnCreate',
      Properties: { RetentionInDays: 90 },
    });
    expect(JSON.stringify(accessLog(kept)?.Properties['LogGroupName'])).toContain('AWS::StackId');
    expect(accessLog(synthesise({ keepData: false, accessLogRetentionDays: 365 }))).toMatchObject({
      DeletionPolicy: 'Delete',
      Properties: { RetentionInDays: 365 },
    });
  });

  it('leaves nothing where the stage says so', () => {
    const found = policies(synthesise({ keepData: false }));
    expect(new Set(Object.values(found).flat())).toEqual(new Set(['Delete']));
  });
});

const lifecycleOf = (settings: object): unknown => {
  const [bucket] = ofType(synthesise(settings).resources, 'AWS::S3::Bucket');
  return (bucket?.Properties['LifecycleConfiguration'] as { Rules: unknown } | undefined)?.Rules;
};
