import { Stack } from 'aws-cdk-lib';
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { ManagedPolicy } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { operatorRoutes, routeArn } from './api-paths.ts';
import { allow } from './functions/statements.ts';

/** Ready to be attached to the roles that may look at the queue, pause and resume it, whether they are callers or not. */
export class OperatorPolicy extends Construct {
  readonly policy: ManagedPolicy;

  constructor(scope: Construct, id: string, { api }: { api: HttpApi }) {
    super(scope, id);
    this.policy = new ManagedPolicy(this, 'Policy', {
      description: `May look at, pause and resume the queue of the Firefly gateway ${Stack.of(this).stackName}`,
      statements: [
        allow(
          ['execute-api:Invoke'],
          operatorRoutes.map(({ method, path }) => routeArn(api, method + path)),
        ),
      ],
    });
  }
}
