import { Duration } from 'aws-cdk-lib';
import { type EventPattern, type IEventBus, Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { DeadLetterQueue } from './dead-letter-queue.ts';

interface EventRuleProps {
  description: string;
  /** The bus that the events are on; by default the account's default bus. */
  eventBus?: IEventBus;
  pattern: EventPattern;
  /** What is started for each event. */
  starts: IFunction;
}

/** Starts a function for each event of a kind; an event that cannot be delivered is kept. */
export class EventRule extends Construct {
  /** Events that could not be delivered in a day. */
  readonly undelivered: DeadLetterQueue;
  readonly ruleArn: string;

  constructor(scope: Construct, id: string, { description, eventBus, pattern, starts }: EventRuleProps) {
    super(scope, id);
    this.undelivered = new DeadLetterQueue(this, 'Undelivered');
    const target = new LambdaFunction(starts, { deadLetterQueue: this.undelivered, maxEventAge: Duration.days(1) });
    const rule = new Rule(this, 'Rule', { description, eventBus, eventPattern: pattern, targets: [target] });
    this.ruleArn = rule.ruleArn;
  }
}
