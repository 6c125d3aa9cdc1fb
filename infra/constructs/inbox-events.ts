import { Duration, Validations } from 'aws-cdk-lib';
import { Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { Alias } from 'aws-cdk-lib/aws-lambda';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { inboxPrefix, type OutputsBucket } from './outputs-bucket.ts';

/** Starts the inbox function for each new object in the inbox; an event that cannot be delivered is kept. */
export class InboxEvents extends Construct {
  /** Events that could not be delivered in a day. */
  readonly undelivered: Queue;

  constructor(scope: Construct, id: string, props: { outputs: OutputsBucket; alias: Alias }) {
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
    const target = new LambdaFunction(props.alias, {
      deadLetterQueue: this.undelivered,
      maxEventAge: Duration.days(1),
    });
    new Rule(this, 'Rule', {
      description: 'A new file of requests',
      eventPattern: {
        source: ['aws.s3'],
        detailType: ['Object Created'],
        detail: {
          bucket: { name: [props.outputs.bucket.bucketName] },
          object: { key: [{ prefix: inboxPrefix }] },
        },
      },
      targets: [target],
    });
  }
}
