import { Stack } from 'aws-cdk-lib';
import type { Alias } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { durableAlias, lambdaName } from '#shared/deployment/names.ts';
import { notifyEnvironment } from '#shared/deployment/support-environments.ts';
import type { FunctionProps } from './gateway-function.ts';
import { GatewayFunction } from './gateway-function.ts';
import { acknowledgeWildcards, aliasArn, allow, allowDurableState } from './statements.ts';

/** Tells webhooks of ends and follows each message until it is delivered: a durable function, invoked by its alias only. */
export class NotifyFunction extends GatewayFunction {
  /** Points to the newest version; EventBridge, api and the function itself invoke it. */
  readonly alias: Alias;

  constructor(scope: Construct, id: string, { settings, webhooks }: Pick<FunctionProps, 'settings' | 'webhooks'>) {
    const { stackName } = Stack.of(scope);
    const { table } = webhooks;
    super(scope, id, {
      name: 'notify',
      description: 'Tells webhooks when jobs and batches end',
      memoryMegabytes: 512,
      settings,
      environment: notifyEnvironment.write({
        stackName,
        webhookTableName: table.tableName,
        notifyFunctionArn: aliasArn(scope, 'notify'),
      }),
      permissions: [
        allow(['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query', 'dynamodb:UpdateItem'], [table.tableArn]),
        // An event starts one execution for each webhook.
        allow(['lambda:InvokeFunction'], [aliasArn(scope, 'notify')]),
        allowDurableState(scope, 'notify'),
      ],
    });
    acknowledgeWildcards(this.role, {
      [`arn:<AWS::Partition>:lambda:<AWS::Region>:<AWS::AccountId>:function:${lambdaName(stackName, 'notify')}:*`]:
        'The executions of its own versions, whose numbers rise with each deployment.',
    });
    this.alias = this.lambda.addAlias(durableAlias);
  }
}
