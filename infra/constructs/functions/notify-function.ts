import { Duration, Stack } from 'aws-cdk-lib';
import type { Alias } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { durableAlias, lambdaName } from '#shared/deployment/names.ts';
import { acknowledgeWildcards } from '../acknowledge-wildcards.ts';
import type { FunctionParts } from './function-parts.ts';
import { GatewayFunction } from './gateway-function.ts';
import { aliasArn, allow, allowDurableState } from './statements.ts';

/** Tells webhooks of ends and follows each message until it is delivered: a durable function, invoked by its alias only. */
export class NotifyFunction extends GatewayFunction {
  /** Points to the newest version; EventBridge, api and the function itself invoke it. */
  readonly alias: Alias;

  constructor(scope: Construct, id: string, { settings, webhooks }: Pick<FunctionParts, 'settings' | 'webhooks'>) {
    const { table } = webhooks;
    super(scope, id, {
      name: 'notify',
      description: 'Tells webhooks when jobs and batches end',
      memoryMegabytes: 512,
      // One call may take 15 s.
      timeoutSeconds: 60,
      logRetentionDays: settings.logRetentionDays,
      logLevel: settings.logLevel,
      // A message is tried for a day; the rest is for failures on this side.
      durable: { executionTimeout: Duration.days(2), retentionPeriod: Duration.days(7) },
      environment: {
        WEBHOOK_TABLE_NAME: table.tableName,
        NOTIFY_FUNCTION_ARN: aliasArn(scope, 'notify'),
      },
      permissions: [
        allow(['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query', 'dynamodb:UpdateItem'], [table.tableArn]),
        // An event starts one execution for each webhook.
        allow(['lambda:InvokeFunction'], [aliasArn(scope, 'notify')]),
        allowDurableState(scope, 'notify'),
      ],
    });
    acknowledgeWildcards(this.role, {
      [`arn:<AWS::Partition>:lambda:<AWS::Region>:<AWS::AccountId>:function:${lambdaName(Stack.of(scope).stackName, 'notify')}:*`]:
        'The executions of its own versions, whose numbers rise with each deployment.',
    });
    this.alias = this.lambda.addAlias(durableAlias);
  }
}
