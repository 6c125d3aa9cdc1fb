import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { functionNames } from '#shared/deployment/names.ts';
import { metricNames } from '#shared/metrics.ts';
import { read } from '../unit/repository/repository.ts';
import { durableFunctions } from './permission-terms.ts';
import { ofType, synthesise } from './synthesise.ts';

const { template, resources, stack } = synthesise();

describe('the rotation of the client secret', () => {
  it('comes every 30 days or as set, and never because of a deployment', () => {
    template.hasResourceProperties('AWS::SecretsManager::RotationSchedule', {
      SecretId: { Ref: 'ClientCredentialsSecret' },
      RotationRules: { ScheduleExpression: 'rate(30 days)', Duration: '1h' },
      RotateImmediatelyOnUpdate: false,
    });
    synthesise({ rotationDays: 1 }).template.hasResourceProperties('AWS::SecretsManager::RotationSchedule', {
      RotationRules: { ScheduleExpression: 'rate(1 day)', Duration: '1h' },
    });
  });

  it('is scheduled only once Secrets Manager may invoke the function, for this secret of this account', () => {
    const permissions = template.findResources('AWS::Lambda::Permission', {
      Properties: {
        Principal: 'secretsmanager.amazonaws.com',
        SourceAccount: { Ref: 'AWS::AccountId' },
        SourceArn: { Ref: 'ClientCredentialsSecret' },
      },
    });
    const [schedule] = ofType(resources, 'AWS::SecretsManager::RotationSchedule');
    expect(schedule?.DependsOn).toEqual(Object.keys(permissions));
  });
});

describe('the schedules', () => {
  it.each([
    ['dispatch', 'rate(1 minute)', { scheduled: true }],
    ['token-refresh', 'rate(1 hour)', {}],
    ['secret-rotation', 'cron(0 12 * * ? *)', { action: 'daily' }],
  ] as const)('%s: %s', (name, expression, input) => {
    template.hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: expression,
      State: 'ENABLED',
      Target: {
        Arn: stack.resolve(stack.functions[name].lambda.functionArn),
        Input: JSON.stringify(input),
      },
    });
  });
});

describe('the alarms', () => {
  const alarms = ofType(resources, 'AWS::CloudWatch::Alarm').map(({ Properties }) => Properties);
  const alarmOn = (metricName: string) => alarms.filter((alarm) => alarm['MetricName'] === metricName);

  it('all go to the topic, and only those of silence go off while there is nothing to measure', () => {
    const topic = stack.resolve(Object.keys(template.findResources('AWS::SNS::Topic'))[0]);
    for (const alarm of alarms) {
      const isOfSilence = String(alarm['AlarmName']).endsWith('-silent');
      const TreatMissingData = isOfSilence ? 'breaching' : 'notBreaching';
      expect(alarm).toMatchObject({ AlarmActions: [{ Ref: topic }], TreatMissingData });
      expect(alarm['AlarmName']).toMatch(/^firefly-gateway-test-/);
      expect(alarm['AlarmDescription']).toBeTruthy();
    }
  });

  it.each([
    [metricNames.rotationFailed, 'GreaterThanOrEqualToThreshold', 1],
    [metricNames.rotationAgeDays, 'GreaterThanOrEqualToThreshold', 60],
    [metricNames.foreignSecretFound, 'GreaterThanOrEqualToThreshold', 1],
    [metricNames.orphanSecretFound, 'GreaterThanOrEqualToThreshold', 1],
    [metricNames.previousSecretStillInUse, 'GreaterThanOrEqualToThreshold', 1],
    [metricNames.tokenSecondsLeft, 'LessThanThreshold', 7200],
    [metricNames.queuePaused, 'GreaterThanOrEqualToThreshold', 1],
    [metricNames.submitOutcomeUnknown, 'GreaterThanOrEqualToThreshold', 1],
    [metricNames.budgetExceeded, 'GreaterThanOrEqualToThreshold', 1],
  ])('%s', (metricName, comparison, threshold) => {
    expect(alarmOn(metricName)).toEqual([
      expect.objectContaining({
        Namespace: 'FireflyGateway',
        Dimensions: [{ Name: 'service', Value: 'firefly-gateway-test' }],
        ComparisonOperator: comparison,
        Threshold: threshold,
      }),
    ]);
  });

  it('watch the errors of every function and the death of durable executions', () => {
    const watched = (metricName: string) =>
      alarmOn(metricName).map(({ Dimensions }) => (Dimensions as { Value: string }[])[0]?.Value);
    expect(watched('Errors').sort()).toEqual([...functionNames].sort().map((name) => `firefly-gateway-test-${name}`));
    const durable = durableFunctions.map((name) => `firefly-gateway-test-${name}`);
    expect(watched('DurableExecutionFailed')).toEqual(durable);
    expect(watched('DurableExecutionTimedOut')).toEqual(durable);
  });

  it('watch what durable functions failed at, and what Lambda lost', () => {
    const QueueName = stack.resolve(stack.failures.queueName);
    expect(alarms.find((alarm) => alarm['AlarmName'] === 'firefly-gateway-test-event-failed')).toMatchObject({
      MetricName: 'ApproximateNumberOfMessagesVisible',
      Dimensions: [{ Name: 'QueueName', Value: QueueName }],
    });
    for (const name of durableFunctions) {
      const alarm = alarms.find((found) => found['AlarmName'] === `firefly-gateway-test-${name}-event-dropped`);
      const metrics = JSON.stringify(alarm?.['Metrics']);
      expect(metrics).toContain(`firefly-gateway-test-${name}`);
      expect(metrics).toContain('AsyncEventsDropped');
      expect(metrics).toContain('DestinationDeliveryFailures');
    }
  });

  it('name the stage that the functions count for', () => {
    template.allResourcesProperties('AWS::Lambda::Function', {
      Environment: { Variables: Match.objectLike({ POWERTOOLS_SERVICE_NAME: 'firefly-gateway-test' }) },
    });
  });

  it('are explained to operators, each by its name', () => {
    const page = read('docs/operating.md');
    const names = alarms.map((alarm) => String(alarm['AlarmName']).replace('firefly-gateway-test-', ''));
    const isOnPage = (name: string) => page.includes(`\`${name}\``) || /^[a-z-]+-errors$/.test(name);
    expect(names.filter((name) => !isOnPage(name))).toEqual([]);
  });

  it('are explained in the console as well', () => {
    const texts = [...read('console/src/operators/health/alarm-texts.ts').matchAll(/name: '([^']+)'/g)];
    const patterns = texts
      .flatMap(([, name = '']) => name.split(', '))
      .map((name) => new RegExp(`^${name.replace('…', '.+')}$`));
    const names = alarms.map((alarm) => String(alarm['AlarmName']).replace('firefly-gateway-test-', ''));
    expect(names.filter((name) => !patterns.some((pattern) => pattern.test(name)))).toEqual([]);
  });

  it('are counted where costs are told', () => {
    const count = (found: readonly Record<string, unknown>[]) =>
      found.reduce((sum, { Metrics }) => sum + (Array.isArray(Metrics) ? Metrics.length - 1 : 1), 0);
    const others = ofType(synthesise({ auth: { mode: 'iam' } }).resources, 'AWS::CloudWatch::Alarm');
    const inModes = `${others.length} on ${count(others.map(({ Properties }) => Properties))}`;
    const told = `${alarms.length} alarms on ${count(alarms)} metrics, at 0.10 (in the other modes ${inModes})`;
    expect(read('docs/costs.md')).toContain(told);
  });

  it.each([1, 7])('follow the interval of rotation: %i', (rotationDays) => {
    synthesise({ rotationDays }).template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: metricNames.rotationAgeDays,
      Threshold: 2 * rotationDays,
    });
  });
});

describe('the topic of the alarms', () => {
  it('takes messages over TLS only, and from the alarms of the stack', () => {
    template.hasResourceProperties('AWS::SNS::TopicPolicy', {
      PolicyDocument: {
        Statement: [
          Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
          Match.objectLike({
            Effect: 'Allow',
            Principal: { Service: 'cloudwatch.amazonaws.com' },
            Action: 'sns:Publish',
            Condition: Match.objectLike({ StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } }),
          }),
        ],
      },
    });
  });

  it('mails to the address of the stage, if it has one', () => {
    template.resourceCountIs('AWS::SNS::Subscription', 0);
    synthesise({ alarmEmail: 'ops@example.com' }).template.hasResourceProperties('AWS::SNS::Subscription', {
      Protocol: 'email',
      Endpoint: 'ops@example.com',
    });
  });
});
