import { Stack } from 'aws-cdk-lib';
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { ManagedPolicy } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { Settings } from '#shared/deployment/settings.ts';
import { descriptionPath, docsPaths, listCallerRoutes, operatorRoutes, readRoutes, routeArn } from './api-paths.ts';
import { checkManagedPolicy } from './functions/limits.ts';
import { acknowledgeWildcards, allow } from './functions/statements.ts';

// As cdk-nag writes it.
const arnOfApi = 'arn:<AWS::Partition>:execute-api:<AWS::Region>:<AWS::AccountId>:<HttpApi>/$default/';

/** Ready to be attached to the roles that may call the gateway with SigV4; what is for operators is not in it. */
export class CallerPolicy extends Construct {
  readonly policy: ManagedPolicy;

  constructor(
    scope: Construct,
    id: string,
    { api, settings: { docs, console, services } }: { api: HttpApi; settings: Settings },
  ) {
    super(scope, id);
    const described = docs === 'off' && console === 'on' ? [descriptionPath] : [];
    const shown = docs === 'callers' ? docsPaths.map((path) => path.replace(/\{.*/, '*')) : described;
    // Not `*`, which stands for slashes too: `*/jobs` would be `PUT/callers/jobs` as well.
    const routes = [...listCallerRoutes(services), ...shown.flatMap(readRoutes)];
    this.policy = new ManagedPolicy(this, 'Policy', {
      description: `May call the Firefly gateway ${Stack.of(this).stackName}`,
      statements: [
        // AWS does not say whether a request on the $default route is matched by its own path or as $default. The function
        // refuses operators' calls that come in by that route, so that naming both gives callers nothing more.
        allow(
          ['execute-api:Invoke'],
          [...routes, '$default'].map((route) => routeArn(api, route)),
        ),
      ],
    });
    checkManagedPolicy(this.policy, 'callers');
    const reason = 'A path, or all below one, of one API: every caller may use them and sees only its own jobs.';
    acknowledgeWildcards(this.policy, Object.fromEntries(routes.map((route) => [arnOfApi + route, reason])));
  }
}

/** Ready to be attached to the roles that may look at the queue, pause and resume it, whether they are callers or not. */
export class OperatorPolicy extends Construct {
  readonly policy: ManagedPolicy;

  constructor(scope: Construct, id: string, { api }: { api: HttpApi }) {
    super(scope, id);
    const routes = operatorRoutes.map(({ method, path }) => method + path.replace(/\{\w+\}/g, '*'));
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
