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
        auth: { mode: 'iam' },
        requestsPerMinute: 4,
        requestsPerDay: 9000,
        submitGraceSeconds: 3,
        operations: {},
        outputUrlLifetimeSeconds: 3600,
        keepData: true,
        fireflyApiUrl: 'https://firefly-api.adobe.io',
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

  it('keep what is set, also within an operation', () => {
    const { settings } = read({
      requestsPerMinute: 8,
      operations: { 'images/generate': { pollCeilingSeconds: 30 } },
      auth: { mode: 'jwt', issuer: 'https://id.example.com/tenant', audiences: ['gateway'] },
    });
    expect(settings.requestsPerMinute).toBe(8);
    expect(settings.operations['images/generate']).toEqual({ pollCeilingSeconds: 30 });
    expect(settings.auth).toEqual({
      mode: 'jwt',
      issuer: 'https://id.example.com/tenant',
      audiences: ['gateway'],
      operators: [],
    });
  });

  it.each([
    [{ requestPerMinute: 8 }, 'firefly-gateway.test.requestPerMinute is not a setting'],
    [{ auth: { mode: 'iam', issuer: 'https://id.example.com' } }, 'firefly-gateway.test.auth.issuer is not a setting'],
    [{ operations: { 'images/draw': {} } }, 'firefly-gateway.test.operations.images/draw'],
    [{ requestsPerMinute: '8' }, 'firefly-gateway.test.requestsPerMinute'],
    [{ requestsPerMinute: 0 }, 'firefly-gateway.test.requestsPerMinute'],
    [{ requestsPerDay: 1.5 }, 'firefly-gateway.test.requestsPerDay'],
    [{ auth: { mode: 'none' } }, 'firefly-gateway.test.auth.mode'],
    [{ auth: { mode: 'jwt', issuer: 'http://id.example.com', audiences: ['a'] } }, 'firefly-gateway.test.auth.issuer'],
    [{ auth: { mode: 'jwt', issuer: 'https://id.example.com', audiences: [] } }, 'firefly-gateway.test.auth.audiences'],
    [{ outputUrlLifetimeSeconds: 7200 }, 'firefly-gateway.test.outputUrlLifetimeSeconds'],
    [{ logRetentionDays: 31 }, 'firefly-gateway.test.logRetentionDays'],
    [{ corsOrigins: ['example.com'] }, 'firefly-gateway.test.corsOrigins.0'],
    [{ fireflyApiUrl: 'http://firefly-api.adobe.io' }, 'firefly-gateway.test.fireflyApiUrl'],
    [{ fireflyApiUrl: 'https://firefly-api.adobe.io/' }, 'firefly-gateway.test.fireflyApiUrl'],
    [{ extraDownloadHosts: ['.com'] }, 'firefly-gateway.test.extraDownloadHosts.0'],
    [{ generationScopes: ['openid,AdobeID'] }, 'firefly-gateway.test.generationScopes.0'],
    [{ alarmEmail: 'nobody' }, 'firefly-gateway.test.alarmEmail'],
    [
      { operations: { 'images/generate': { firstPollSeconds: 20 } } },
      'firefly-gateway.test.operations.images/generate.firstPollSeconds',
    ],
    [
      { operations: { 'images/generate': { modelVersion: 'image5' } } },
      'firefly-gateway.test.operations.images/generate.modelVersion',
    ],
  ])('stop with the name of the field: %j', (settings, field) => {
    expect(() => read(settings)).toThrow(ConfigError);
    expect(() => read(settings)).toThrow(field);
  });

  it('names every field at fault at once', () => {
    expect(() => read({ requestsPerMinute: 0, keepDate: false })).toThrow(/requestsPerMinute.*keepDate/);
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
