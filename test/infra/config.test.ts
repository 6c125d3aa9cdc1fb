import { readFileSync } from 'node:fs';
import { RootConstruct } from 'constructs';
import { describe, expect, it } from 'vitest';
import { ConfigError, readStage } from '#infra/config.ts';

const readContext = (context: Record<string, unknown>) => {
  const root = new RootConstruct();
  for (const [key, value] of Object.entries(context)) root.node.setContext(key, value);
  return readStage(root);
};

const read = (settings: unknown, stage: unknown = 'test') =>
  readContext({ stage, 'firefly-gateway': { test: settings } });

describe('the settings of a stage', () => {
  it("are Adobe's and the gateway's defaults where nothing is set", () => {
    expect(read({})).toMatchObject({
      name: 'test',
      settings: {
        auth: { mode: 'callers' },
        services: { firefly: {} },
        submitGraceSeconds: 30,
        outputUrlLifetimeSeconds: 3600,
        keepData: true,
        rotationDays: 30,
        secretGraceHours: 48,
        secretUnusedHours: 24,
        propagationSeconds: 60,
      },
    });
  });

  it('delete no output by default', () => {
    expect(read({}).settings.outputRetentionDays).toBeUndefined();
  });

  it.each([
    [1, 8, 4],
    [2, 16, 8],
    [7, 48, 24],
    [90, 48, 24],
    [999, 48, 24],
  ])('with a rotation every %i days keep the previous secret %i hours, unused %i', (rotationDays, grace, unused) => {
    expect(read({ rotationDays }).settings).toMatchObject({ secretGraceHours: grace, secretUnusedHours: unused });
  });

  it('take half the grace that is set for unused', () => {
    expect(read({ rotationDays: 1, secretGraceHours: 10 }).settings.secretUnusedHours).toBe(5);
  });

  it.each([
    [{ rotationDays: 1, secretGraceHours: 48 }, ['secretGraceHours', 'rotationDays 1']],
    [{ rotationDays: 1, secretGraceHours: 11 }, ['secretGraceHours', 'at most 10']],
    [{ rotationDays: 2, secretGraceHours: 48 }, ['secretGraceHours', 'rotationDays 2']],
    [{ rotationDays: 1, secretUnusedHours: 24 }, ['secretUnusedHours', 'secretGraceHours', 'rotationDays 1']],
    [{ secretGraceHours: 24, secretUnusedHours: 24 }, ['secretUnusedHours', 'secretGraceHours']],
    [{ secretUnusedHours: 48 }, ['secretUnusedHours', 'secretGraceHours']],
    [{ batchRetentionDays: 91 }, ['batchRetentionDays', 'jobRetentionDays']],
    [{ jobRetentionDays: 20, batchRetentionDays: 21 }, ['batchRetentionDays', 'jobRetentionDays']],
  ])('contradict each other: %j', (settings, named) => {
    expect(() => read(settings)).toThrow(ConfigError);
    for (const name of named) expect(() => read(settings)).toThrow(name);
  });

  it('keep what is set, also within an operation', () => {
    const { settings } = read({
      services: { firefly: { requestsPerMinute: 8, operations: { 'images/generate': { pollCeilingSeconds: 30 } } } },
      auth: { mode: 'jwt', issuer: 'https://id.example.com/tenant', audiences: ['gateway'] },
    });
    expect(settings.services).toEqual({
      firefly: { requestsPerMinute: 8, operations: { 'images/generate': { pollCeilingSeconds: 30 } } },
    });
    expect(settings.auth).toEqual({
      mode: 'jwt',
      issuer: 'https://id.example.com/tenant',
      audiences: ['gateway'],
      scopes: [],
      consoleSignInOrigins: [],
      operators: [],
    });
  });

  it.each([
    [{ requestsPerMinute: 8 }, 'firefly-gateway.test.requestsPerMinute is not a setting'],
    [{ auth: { mode: 'iam', issuer: 'https://id.example.com' } }, 'firefly-gateway.test.auth.issuer is not a setting'],
    [{ services: {} }, 'firefly-gateway.test.services: must name at least one service'],
    [{ services: { fireflies: {} } }, 'firefly-gateway.test.services.fireflies: is not a service of the gateway'],
    [
      { services: { firefly: { lanes: { fast: {} } } } },
      'firefly-gateway.test.services.firefly.lanes.fast: is not a lane of this service',
    ],
    [
      { services: { firefly: { operations: { 'images/draw': {} } } } },
      'firefly-gateway.test.services.firefly.operations.images/draw',
    ],
    [{ services: { firefly: { requestsPerMinute: '8' } } }, 'firefly-gateway.test.services.firefly.requestsPerMinute'],
    [{ services: { firefly: { requestsPerMinute: 0 } } }, 'firefly-gateway.test.services.firefly.requestsPerMinute'],
    [{ services: { firefly: { requestsPerDay: 1.5 } } }, 'firefly-gateway.test.services.firefly.requestsPerDay'],
    [
      { services: { firefly: { requestsPerMinute: 8, windows: [{ seconds: 60, hard: 8 }] } } },
      'firefly-gateway.test.services.firefly.windows: cannot stand beside requestsPerMinute',
    ],
    [
      { services: { firefly: { windows: [{ seconds: 60, hard: 8, soft: 9 }] } } },
      'firefly-gateway.test.services.firefly.windows.0.soft',
    ],
    [{ auth: { mode: 'none' } }, 'firefly-gateway.test.auth.mode'],
    [{ auth: { mode: 'jwt', issuer: 'http://id.example.com', audiences: ['a'] } }, 'firefly-gateway.test.auth.issuer'],
    [{ auth: { mode: 'jwt', issuer: 'https://id.example.com', audiences: [] } }, 'firefly-gateway.test.auth.audiences'],
    [{ outputUrlLifetimeSeconds: 7200 }, 'firefly-gateway.test.outputUrlLifetimeSeconds'],
    [{ logRetentionDays: 31 }, 'firefly-gateway.test.logRetentionDays'],
    [{ corsOrigins: ['example.com'] }, 'firefly-gateway.test.corsOrigins.0'],
    [
      { services: { firefly: { baseUrl: 'http://firefly-api.adobe.io' } } },
      'firefly-gateway.test.services.firefly.baseUrl',
    ],
    [
      { services: { firefly: { baseUrl: 'https://firefly-api.adobe.io/' } } },
      'firefly-gateway.test.services.firefly.baseUrl',
    ],
    [{ extraDownloadHosts: ['.com'] }, 'firefly-gateway.test.extraDownloadHosts.0'],
    [{ generationScopes: ['openid,AdobeID'] }, 'firefly-gateway.test.generationScopes.0'],
    [{ alarmEmail: 'nobody' }, 'firefly-gateway.test.alarmEmail'],
    [{ kmsKeyArn: 'alias/gateway' }, 'firefly-gateway.test.kmsKeyArn'],
    [{ kmsKeyArn: 'arn:aws:kms:eu-west-1:111122223333:alias/gateway' }, 'firefly-gateway.test.kmsKeyArn'],
    [
      { services: { firefly: { operations: { 'images/generate': { firstPollSeconds: 20 } } } } },
      'firefly-gateway.test.services.firefly.operations.images/generate.firstPollSeconds',
    ],
    [
      { services: { firefly: { operations: { 'images/generate': { modelVersion: 'image5' } } } } },
      'firefly-gateway.test.services.firefly.operations.images/generate.modelVersion',
    ],
  ])('stop with the name of the field: %j', (settings, field) => {
    expect(() => read(settings)).toThrow(ConfigError);
    expect(() => read(settings)).toThrow(field);
  });

  it('names every field at fault at once', () => {
    expect(() => read({ submitGraceSeconds: 0, keepDate: false })).toThrow(/submitGraceSeconds.*keepDate/);
  });

  it.each(['Prod', '-dev', 'dev-', 'a'.repeat(21), '', undefined, 7])('refuse the stage name %j', (stage) => {
    expect(() => readContext({ stage, 'firefly-gateway': {} })).toThrow(/^cdk\.json: stage: /);
  });

  it('name the known stages when the stage is unknown', () => {
    expect(() => read({}, 'prod')).toThrow('firefly-gateway has no stage "prod" (known stages: test)');
  });

  it('say so when cdk.json has none', () => {
    expect(() => readContext({ stage: 'test' })).toThrow(/^cdk\.json: firefly-gateway: /);
  });

  it('in cdk.json itself are valid for every stage', () => {
    const { context } = JSON.parse(readFileSync('cdk.json', 'utf8')) as { context: Record<string, object> };
    const stages = Object.keys(context['firefly-gateway'] ?? {});
    expect(stages).toContain(context['stage']);
    for (const stage of stages) expect(() => readContext({ ...context, stage })).not.toThrow();
  });
});
