import { Duration, Validations } from 'aws-cdk-lib';
import { type EventPattern, type IEventBus, Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { Alias } from 'aws-cdk-lib/aws-lambda';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';

interface EventRuleProps {
  description: string;
  /** The bus that the events are on; by default the account's default bus. */
  eventBus?: IEventBus;
  pattern: EventPattern;
  /** What is started for each event. */
  alias: Alias;
}

/** Starts a function for each event of a kind; an event that cannot be delivered is kept. */
export class EventRule extends Construct {
  /** Events that could not be delivered in a day. */
  readonly undelivered: Queue;

  constructor(scope: Construct, id: string, { description, eventBus, pattern, alias }: EventRuleProps) {
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
    new Rule(this, 'Rule', { description, eventBus, eventPattern: pattern, targets: [target] });
  }
}
