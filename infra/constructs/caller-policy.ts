import { Stack } from 'aws-cdk-lib';
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { ManagedPolicy } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { acknowledgeWildcards } from './acknowledge-wildcards.ts';
import { allow } from './functions/statements.ts';

/** Ready to be attached to the roles that may call the gateway with SigV4. */
export class CallerPolicy extends Construct {
  readonly policy: ManagedPolicy;

  constructor(scope: Construct, id: string, props: { api: HttpApi }) {
    super(scope, id);
    const stack = Stack.of(this);
    const everyRoute = stack.formatArn({ service: 'execute-api', resource: props.api.apiId, resourceName: '*' });
    this.policy = new ManagedPolicy(this, 'Policy', {
      description: `May call the Firefly gateway ${stack.stackName}`,
      statements: [allow(['execute-api:Invoke'], [everyRoute])],
    });
    acknowledgeWildcards(this.policy, {
      'arn:<AWS::Partition>:execute-api:<AWS::Region>:<AWS::AccountId>:<HttpApi>/*':
        'Stage, method and path of one API: every caller may use all of it and sees only its own jobs.',
    });
  }
}
