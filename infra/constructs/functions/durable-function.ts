import { Stack } from 'aws-cdk-lib';
import type { Alias } from 'aws-cdk-lib/aws-lambda';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { durableAlias, lambdaName } from '#shared/deployment/names.ts';
import { GatewayFunction, type GatewayFunctionProps } from './gateway-function.ts';
import { acknowledgeWildcards } from './statements.ts';

/** A durable function, invoked by its alias only: an execution stays on the version that it began with. */
export class DurableFunction extends GatewayFunction {
  /** Points to the newest version. */
  readonly alias: Alias;

  /** @param props.failures keeps the events whose execution failed for good, or never began */
  constructor(scope: Construct, id: string, { failures, ...props }: GatewayFunctionProps & { failures: IQueue }) {
    super(scope, id, props);
    const ownName = lambdaName(Stack.of(scope).stackName, props.name);
    acknowledgeWildcards(this.role, {
      [`arn:<AWS::Partition>:lambda:<AWS::Region>:<AWS::AccountId>:function:${ownName}:*`]:
        'The executions of its own versions, whose numbers rise with each deployment.',
    });
    this.alias = this.lambda.addAlias(durableAlias, { onFailure: new SqsDestination(failures) });
  }
}
