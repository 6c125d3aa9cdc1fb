import { Duration, Validations } from 'aws-cdk-lib';
import { type EventPattern, Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { Alias } from 'aws-cdk-lib/aws-lambda';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';

interface EventRuleProps {
  description: string;
  pattern: EventPattern;
  /** What is started for each event. */
  alias: Alias;
}

/** Starts a function for each event of a kind on the default bus; an event that cannot be delivered is kept. */
export class EventRule extends Construct {
  /** Events that could not be delivered in a day. */
  readonly undelivered: Queue;

  constructor(scope: Construct, id: string, { description, pattern, alias }: EventRuleProps) {
    super(scope, id);
    this.undelivered = new Queue(this, 'Undelivered', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    Validations.of(this.undelivered).acknowledge({
      id: 'AwsSolutions-SQS3',
      reason: 'It is the dead-letter queue of a rule of EventBridge, which cdk-nag does not see.',
    });
    const target = new LambdaFunction(alias, { deadLetterQueue: this.undelivered, maxEventAge: Duration.days(1) });
    new Rule(this, 'Rule', { description, eventPattern: pattern, targets: [target] });
  }
}
