import { describe, expect, it } from 'vitest';
import { flatten } from './granted.ts';
import { ofType, synthesise } from './synthesise.ts';

const { resources, stack } = synthesise();

interface RuleProperties {
  EventPattern: Record<string, unknown>;
  Targets: { Arn: unknown; DeadLetterConfig: { Arn: unknown }; RetryPolicy: object }[];
}

const rules = ofType(resources, 'AWS::Events::Rule').map(({ Properties }) => Properties as unknown as RuleProperties);
const ruleFor = (source: string) => rules.find(({ EventPattern }) => JSON.stringify(EventPattern).includes(source));
const aliasOf = (name: 'inbox' | 'notify') =>
  Object.entries(resources).find(
    ([, { Type, Properties }]) =>
      Type === 'AWS::Lambda::Alias' && flatten(Properties['FunctionName']).includes(functionId(name)),
  )?.[0];
const functionId = (name: 'inbox' | 'notify') =>
  stack.getLogicalId(stack.functions[name].lambda.node.defaultChild as Parameters<typeof stack.getLogicalId>[0]);

describe.each([
  ['inbox', 'aws.s3'],
  ['notify', 'firefly-gateway'],
] as const)('the rule that starts %s', (name, source) => {
  it('names the newest version by its alias, and keeps what cannot be delivered in a day', () => {
    const [target] = ruleFor(source)?.Targets ?? [];
    expect(flatten(target?.Arn)).toBe(`\${${aliasOf(name)}}`);
    expect(target?.RetryPolicy).toEqual({ MaximumEventAgeInSeconds: 86_400 });
    expect(target?.DeadLetterConfig.Arn).toEqual(stack.resolve(stack.eventRules[name].undelivered.queueArn));
  });

  it('has an alarm on the first event that could not be delivered', () => {
    const QueueName = stack.resolve(stack.eventRules[name].undelivered.queueName);
    const alarms = ofType(resources, 'AWS::CloudWatch::Alarm').filter(
      ({ Properties }) => JSON.stringify(Properties['Dimensions'])?.includes(JSON.stringify(QueueName)) === true,
    );
    expect(alarms.map(({ Properties }) => [Properties['AlarmName'], Properties['Threshold']])).toEqual([
      [`firefly-gateway-test-${name}-undelivered`, 1],
    ]);
  });
});

describe('the events', () => {
  it('are new files of the inbox, and ends of jobs and batches', () => {
    expect(ruleFor('aws.s3')?.EventPattern).toEqual({
      source: ['aws.s3'],
      'detail-type': ['Object Created'],
      detail: {
        bucket: { name: [stack.resolve(stack.outputs.bucket.bucketName)] },
        object: { key: [{ prefix: 'inbox/' }] },
      },
    });
    expect(ruleFor('firefly-gateway')?.EventPattern).toEqual({
      source: ['firefly-gateway'],
      'detail-type': ['Job Ended', 'Batch Ended'],
    });
  });
});
