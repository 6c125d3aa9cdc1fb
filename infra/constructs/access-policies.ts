import { Stack } from 'aws-cdk-lib';
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { ManagedPolicy } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { Settings } from '#shared/deployment/settings.ts';
import { listCallerInvocations, listOperatorInvocations } from '#shared/permissions/api-routes.ts';
import { checkManagedPolicy } from './functions/limits.ts';
import { acknowledgeWildcards, allow } from './functions/statements.ts';

// As cdk-nag writes it.
const arnOfApi = 'arn:<AWS::Partition>:execute-api:<AWS::Region>:<AWS::AccountId>:<HttpApi>/$default/';

/** Ready to be attached to the roles that may call the gateway with SigV4; what is for operators is not in it. */
export class CallerPolicy extends Construct {
  readonly policy: ManagedPolicy;

  constructor(scope: Construct, id: string, { api, settings }: { api: HttpApi; settings: Settings }) {
    super(scope, id);
    const routes = listCallerInvocations(settings);
    this.policy = new ManagedPolicy(this, 'Policy', {
      description: `May call the Firefly gateway ${Stack.of(this).stackName}`,
      statements: [
        allow(
          ['execute-api:Invoke'],
          routes.map((route) => routeArn(api, route)),
        ),
      ],
    });
    checkManagedPolicy(this.policy, 'callers');
    const reason = 'A path, or all below one, of one API: every caller may use them and sees only its own jobs.';
    acknowledgeWildcards(
      this.policy,
      Object.fromEntries(routes.filter((route) => /[*?]/.test(route)).map((route) => [arnOfApi + route, reason])),
    );
  }
}

/** Ready to be attached to the roles that may look at the queue, pause and resume it, whether they are callers or not. */
export class OperatorPolicy extends Construct {
  readonly policy: ManagedPolicy;

  constructor(scope: Construct, id: string, { api }: { api: HttpApi }) {
    super(scope, id);
    const routes = listOperatorInvocations();
    this.policy = new ManagedPolicy(this, 'Policy', {
      description: `May look at, pause and resume the queue of the Firefly gateway ${Stack.of(this).stackName}`,
      statements: [
        allow(
          ['execute-api:Invoke'],
          routes.map((route) => routeArn(api, route)),
        ),
      ],
    });
    checkManagedPolicy(this.policy, 'operators');
    const reason = 'The ids of callers, secrets, jobs and batches are made at run time.';
    const anyId = routes.filter((route) => route.includes('*')).map((route) => [`${arnOfApi}${route}`, reason]);
    acknowledgeWildcards(this.policy, Object.fromEntries(anyId));
  }
}

/** What IAM is asked about when a request comes in by a route such as `GET/queue`. */
const routeArn = (api: HttpApi, route: string): string =>
  Stack.of(api).formatArn({ service: 'execute-api', resource: api.apiId, resourceName: `$default/${route}` });
