import { spawnSync } from 'node:child_process';
import { Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { IConstruct } from 'constructs';
import { describe, expect, it } from 'vitest';
import { services } from '#shared/adobe/services/registry.ts';
import { settingsSchema } from '#shared/deployment/settings.ts';
import { accountKeyArn } from './key-permissions.ts';
import { durableFunctions } from './permission-terms.ts';
import { buildApp } from './synthesise.ts';

const corsOrigins = ['https://app.example.com'];
const variants = [
  { name: 'defaults', settings: {} },
  { name: 'a key of the account', settings: { kmsKeyArn: accountKeyArn } },
  {
    name: 'all that is optional',
    settings: {
      auth: { mode: 'jwt', issuer: 'https://id.example.com', audiences: ['gateway'] },
      corsOrigins,
      gatewayUrl: 'https://firefly.example.com',
      outputRetentionDays: 30,
      keepData: false,
      alarmEmail: 'ops@example.com',
      tracing: true,
      copyEventsToDefaultBus: true,
      kmsKeyArn: accountKeyArn,
    },
  },
  {
    name: 'callers of AWS, every service and what they may reach',
    settings: {
      auth: { mode: 'iam', singleSignOn: 'permissionSets' },
      docs: 'callers',
      services: Object.fromEntries(services.map(({ id }) => [id, {}])),
      inputBuckets: ['pictures-of-another-team'],
      extraStatusHosts: ['.example.net'],
      extraDownloadHosts: ['https://files.example.org'],
      apiReservedConcurrency: 40,
    },
  },
  {
    name: 'parts left out, and other numbers',
    settings: {
      docs: 'off',
      console: 'off',
      thumbnails: false,
      dashboard: false,
      callerTokenLifetimeSeconds: 300,
      callerDefaults: { maxPriority: 'high' },
      apiRequestsPerSecond: 7,
      callerRequestsPerSecond: 3,
      apiBurstRequests: 9,
      operationRates: {},
      submitGraceSeconds: 5,
      outputUrlLifetimeSeconds: 600,
      inputMaxBytes: 1_000_000,
      uploadsPerDay: 10,
      uploadRetentionDays: 1,
      outputMaxBytes: 5_000_000,
      previousVersionRetentionDays: 1,
      batchMaxBytes: 1_000,
      batchMaxLines: 10,
      batchRetentionDays: 5,
      jobRetentionDays: 10,
      logRetentionDays: 14,
      accessLogRetentionDays: 365,
      logLevel: 'DEBUG',
      adobeImsUrl: 'https://ims.example.com',
      adobeIoUrl: 'https://io.example.com',
      generationScopes: ['openid', 'firefly_api'],
      managementScopes: ['openid', 'read_client_secret'],
      rotationDays: 7,
      secretGraceHours: 50,
      secretUnusedHours: 30,
      propagationSeconds: 90,
    },
  },
];

it('is asked of every setting', () => {
  const names = Object.keys(settingsSchema().parse({}));
  const varied = variants.flatMap(({ settings }) => Object.keys(settings));
  expect(names.length).toBeGreaterThan(30);
  expect(names.filter((name) => !varied.includes(name))).toEqual([]);
});

const synthesised = variants.map(({ name, settings }) => {
  const { app, stack } = buildApp(settings);
  return { name, app, stack, assembly: app.synth() };
});

describe.each(synthesised)('the template of a stage with $name', ({ app, stack, assembly }) => {
  it("passes CDK's own check", () => {
    expect(assembly.getStackByName(stack.stackName).messages.filter(({ level }) => level !== 'info')).toEqual([]);
  });

  it('has no finding of cdk-nag that is not acknowledged', () => {
    expect(new AwsSolutionsChecks(app).validateScope(app).violations).toEqual([]);
  });
});

// CloudFormation takes `DurableConfig.KMSKeyArn`, which cfn-lint 1.51 does not know.
const durableKey = "('KMSKeyArn' was unexpected)";

describe('the templates', () => {
  it('have no error in the eyes of cfn-lint', ({ skip }) => {
    const files = synthesised.map(({ assembly, stack }) => `${assembly.directory}/${stack.templateFile}`);
    const { error, status, stdout } = spawnSync('cfn-lint', ['--non-zero-exit-code', 'error', '--', ...files]);
    if (error) skip('cfn-lint is not installed');
    const errors = String(stdout).match(/^E.*/gm) ?? [];
    expect(status).toBe(errors.length === 0 ? 0 : 2);
    expect(errors.filter((line) => !line.endsWith(durableKey))).toEqual([]);
    const durable = 2 * durableFunctions.length;
    expect([0, durable]).toContain(errors.filter((line) => line.endsWith(durableKey)).length);
  });
});

describe('the acknowledgements', () => {
  const { app } = buildApp({ corsOrigins });
  const acknowledged = app.node.findAll().flatMap(takeAcknowledgements);
  const findings = new AwsSolutionsChecks(app)
    .validateScope(app)
    .violations.flatMap(({ ruleName, violatingResources }) =>
      violatingResources.map(({ constructPath }) => ({ rule: ruleName, path: String(constructPath) })),
    );
  const covers = (acknowledgement: Acknowledged, finding: { rule: string; path: string }) =>
    acknowledgement.rule === finding.rule && `${finding.path}/`.startsWith(`${acknowledgement.path}/`);

  it('each give a reason and stand for one finding that is there', () => {
    expect(acknowledged.length).toBeGreaterThan(5);
    for (const acknowledgement of acknowledged) {
      expect(acknowledgement.reason.length).toBeGreaterThan(30);
      expect(
        findings.filter((finding) => covers(acknowledgement, finding)),
        acknowledgement.rule,
      ).toHaveLength(1);
    }
  });

  it('are few: nothing but outputs, executions, callers, preflights, access logs, the token and a queue', () => {
    const rules = new Set(findings.map(({ rule }) => rule.replace(/\[.*/, '')));
    expect([...rules].sort()).toEqual([
      'AwsSolutions-APIG4',
      'AwsSolutions-IAM5',
      'AwsSolutions-S1',
      'AwsSolutions-SMG4',
      'AwsSolutions-SQS3',
    ]);
  });
});

interface Acknowledged {
  rule: string;
  path: string;
  reason: string;
}

/** The acknowledged rules of cdk-nag on one construct; they are taken off, so that the findings show again. */
function takeAcknowledgements(construct: IConstruct): Acknowledged[] {
  return construct.node.metadata
    .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
    .flatMap(({ data }) => {
      const reasons = data as Record<string, string>;
      return Object.entries(reasons).flatMap(([id, reason]) => {
        if (!id.includes('AwsSolutions-')) return [];
        delete reasons[id];
        return [{ rule: id.slice(id.indexOf('AwsSolutions-')), path: construct.node.path, reason }];
      });
    });
}
