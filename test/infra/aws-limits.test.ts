import { Stack } from 'aws-cdk-lib';
import { ManagedPolicy, PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { describe, expect, it } from 'vitest';
import { checkEnvironment, checkManagedPolicy, checkPermissions } from '#infra/constructs/functions/limits.ts';
import { services } from '#shared/adobe/services/registry.ts';
import { synthesise } from './synthesise.ts';

describe('settings', () => {
  it('that would not fit into a function stop the synthesis', () => {
    const extraDownloadHosts = Array.from({ length: 100 }, (_, index) => `https://files-${index}.storage.example.org`);
    expect(() => synthesise({ extraDownloadHosts })).toThrow(
      /The settings of generate take about \d+ bytes, of which Lambda allows 4096/,
    );
  });

  it('that would not fit into a role stop the synthesis as well', () => {
    const inputBuckets = Array.from({ length: 500 }, (_, index) => index.toString(36).padStart(3, 'a'));
    expect(() => synthesise({ inputBuckets })).toThrow(
      /The permissions of \w+ take about \d+ bytes, of which IAM allows 10240/,
    );
  });

  it('with all services on fit into the policies for callers and operators', () => {
    const all = Object.fromEntries(services.map(({ id }) => [id, {}]));
    expect(synthesise({ auth: { mode: 'iam' }, docs: 'callers', services: all }).resources).toBeDefined();
  });
});

describe('the limits of AWS', () => {
  // Each of one statement with one resource, which takes the rest of the bytes.
  const ofBytes = (bytes: number): PolicyDocument => {
    const build = (resource: string) =>
      new PolicyDocument({ statements: [new PolicyStatement({ actions: ['s3:GetObject'], resources: [resource] })] });
    const empty = JSON.stringify(new Stack().resolve(build('arn'))).length;
    return build('arn'.padEnd(3 + bytes - empty, 'x'));
  };

  it('let 4,096 bytes of variables pass, and not one more', () => {
    const variables = (bytes: number) => ({ NAME: 'ä'.padEnd(bytes - 5, 'x') });
    expect(checkEnvironment('api', variables(4_096))).toEqual(variables(4_096));
    expect(() => checkEnvironment('api', variables(4_097))).toThrow('The settings of api take about 4097 bytes');
  });

  it('let 10,240 bytes of a role pass, and not one more', () => {
    expect(checkPermissions(new Stack(), 'api', ofBytes(10_240))).toBeDefined();
    expect(() => checkPermissions(new Stack(), 'api', ofBytes(10_241))).toThrow('of api take about 10241 bytes');
  });

  it('let 6,144 bytes of a managed policy pass, and not one more', () => {
    const managed = (bytes: number) => new ManagedPolicy(new Stack(), 'Policy', { document: ofBytes(bytes) });
    checkManagedPolicy(managed(6_144), 'callers');
    expect(() => checkManagedPolicy(managed(6_145), 'callers')).toThrow('for callers takes about 6145 bytes');
  });
});
