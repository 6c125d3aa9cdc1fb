import { describe, expect, it } from 'vitest';
import { flatten } from './granted.ts';
import { ofType, only, type Resource, synthesise } from './synthesise.ts';

const { resources, stack, template } = synthesise();

interface RuleProperties {
  EventPattern: Record<string, unknown>;
  EventBusName?: unknown;
  Targets: { Arn: unknown; RoleArn?: unknown; DeadLetterConfig: { Arn: unknown }; RetryPolicy: object }[];
}

const rulesOf = (found: Record<string, Resource>) =>
  ofType(found, 'AWS::Events::Rule').map(({ Properties }) => Properties as unknown as RuleProperties);
const rules = rulesOf(resources);
const ruleFor = (text: string) => rules.find(({ EventPattern }) => JSON.stringify(EventPattern).includes(text));
const aliasOf = (name: 'inbox' | 'notify') =>
  Object.entries(resources).find(
    ([, { Type, Properties }]) =>
      Type === 'AWS::Lambda::Alias' && flatten(Properties['FunctionName']).includes(functionId(name)),
  )?.[0];
const functionId = (name: 'api' | 'dispatch' | 'generate' | 'inbox' | 'notify' | 'thumbnail') =>
  stack.getLogicalId(stack.functions[name].lambda.node.defaultChild as Parameters<typeof stack.getLogicalId>[0]);

describe.each([
  ['inbox', 'inbox/'],
  ['notify', 'Job Ended'],
  ['thumbnail', 'outputs/'],
] as const)('the rule that starts %s', (name, text) => {
  it('names the newest version, by its alias if the function is durable, and keeps what cannot be delivered in a day', () => {
    const [target] = ruleFor(text)?.Targets ?? [];
    expect(flatten(target?.Arn)).toBe(name === 'thumbnail' ? `\${${functionId(name)}.Arn}` : `\${${aliasOf(name)}}`);
    expect(target?.RetryPolicy).toEqual({ MaximumEventAgeInSeconds: 86_400 });
    expect(target?.DeadLetterConfig.Arn).toEqual(stack.resolve(stack.eventRules[name]?.undelivered.queueArn));
  });

  it('has an alarm on the first event that could not be delivered', () => {
    const QueueName = stack.resolve(stack.eventRules[name]?.undelivered.queueName);
    const alarms = ofType(resources, 'AWS::CloudWatch::Alarm').filter(
      ({ Properties }) => JSON.stringify(Properties['Dimensions'])?.includes(JSON.stringify(QueueName)) === true,
    );
    expect(alarms.map(({ Properties }) => [Properties['AlarmName'], Properties['Threshold']])).toEqual([
      [`firefly-gateway-test-${name}-undelivered`, 1],
    ]);
  });
});

describe('the events', () => {
  it('are new files of the inbox and new outputs on the default bus, and ends of jobs and batches on the own one', () => {
    expect(rules).toHaveLength(3);
    expect(ruleFor('outputs/')?.EventPattern['detail']).toMatchObject({ object: { key: [{ prefix: 'outputs/' }] } });
    expect(ruleFor('inbox/')).toMatchObject({
      EventPattern: {
        source: ['aws.s3'],
        'detail-type': ['Object Created'],
        detail: {
          bucket: { name: [stack.resolve(stack.outputs.bucket.bucketName)] },
          object: { key: [{ prefix: 'inbox/' }] },
        },
      },
    });
    expect(ruleFor('inbox/')).not.toHaveProperty('EventBusName');
    expect(ruleFor('Job Ended')).toMatchObject({
      EventBusName: { Ref: 'EventBus' },
      EventPattern: {
        source: ['firefly-gateway'],
        'detail-type': ['Job Ended', 'Batch Ended', 'Budget Threshold Reached'],
        detail: { gateway: ['firefly-gateway-test'], webhooks: [{ exists: false }] },
      },
    });
  });

  it('of one stage match no rule of another, on whichever bus they come', () => {
    const [prod, dev] = ['prod', 'dev'].map((stage) => {
      const found = synthesise({ copyEventsToDefaultBus: true }, stage).resources;
      return { bus: only(found, 'AWS::Events::EventBus').Properties['Name'], rules: rulesOf(found) };
    });
    expect([prod?.bus, dev?.bus]).toEqual(['firefly-gateway-prod', 'firefly-gateway-dev']);
    const gatewaysOf = (found: RuleProperties[] = []) =>
      found
        .filter(({ EventPattern }) => !JSON.stringify(EventPattern).includes('aws.s3'))
        .map(({ EventPattern, EventBusName }) => [EventBusName, EventPattern['detail']]);
    const twice = (name: string) => Array(2).fill([{ Ref: 'EventBus' }, expect.objectContaining({ gateway: [name] })]);
    expect(gatewaysOf(prod?.rules)).toEqual(twice('firefly-gateway-prod'));
    expect(gatewaysOf(dev?.rules)).toEqual(twice('firefly-gateway-dev'));
  });
});

describe('the event bus', () => {
  it('takes events of the functions that announce ends, and of nobody else', () => {
    const roles = (['api', 'dispatch', 'generate', 'inbox', 'thumbnail'] as const).map((name) =>
      stack.resolve(stack.functions[name].role.roleArn),
    );
    expect(only(resources, 'AWS::Events::EventBusPolicy').Properties).toMatchObject({
      EventBusName: { Ref: 'EventBus' },
      Statement: {
        Effect: 'Deny',
        Principal: { AWS: '*' },
        Action: 'events:PutEvents',
        Resource: { 'Fn::GetAtt': ['EventBus', 'Arn'] },
        Condition: { ArnNotEquals: { 'aws:PrincipalArn': roles } },
      },
    });
  });

  it('is there before notify, and notify before those that announce: an earlier one would refuse new fields', () => {
    for (const name of ['api', 'dispatch', 'generate', 'inbox'] as const) {
      expect(resources[functionId(name)]?.DependsOn).toContain(aliasOf('notify'));
    }
  });

  it('copies its events to the default bus only where the stage says so, by a role that only its own rules take on', () => {
    expect(ofType(resources, 'AWS::Events::Rule')).toHaveLength(3);
    expect(ofType(synthesise({ thumbnails: false }).resources, 'AWS::Events::Rule')).toHaveLength(2);
    const copying = synthesise({ copyEventsToDefaultBus: true });
    const [copy] = rulesOf(copying.resources).filter(({ Targets }) => Targets[0]?.RoleArn !== undefined);
    expect(flatten(copy?.Targets[0]?.Arn)).toMatch(/:event-bus\/default$/);
    const { copyRole } = copying.stack.events;
    expect(copy?.Targets[0]?.RoleArn).toEqual(copying.stack.resolve(copyRole?.roleArn));
    copying.template.hasResourceProperties('AWS::IAM::Role', {
      AssumeRolePolicyDocument: {
        Statement: [
          {
            Principal: { Service: 'events.amazonaws.com' },
            Action: 'sts:AssumeRole',
            Condition: {
              StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
              ArnLike: {
                'aws:SourceArn': {
                  'Fn::Join': [
                    '',
                    [
                      'arn:',
                      { Ref: 'AWS::Partition' },
                      ':events:',
                      { Ref: 'AWS::Region' },
                      ':',
                      { Ref: 'AWS::AccountId' },
                      ':rule/firefly-gateway-test/*',
                    ],
                  ],
                },
              },
            },
          },
        ],
      },
    });
  });

  it('is named among the outputs of the stack', () => {
    template.hasOutput('EventBusName', { Value: { Ref: 'EventBus' } });
    template.hasOutput('EventBusArn', { Value: { 'Fn::GetAtt': ['EventBus', 'Arn'] } });
  });
});
