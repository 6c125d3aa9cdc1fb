import { describe, expect, it } from 'vitest';
import { createRoutes } from '#functions/api/app.ts';
import type { ApiContext } from '#functions/api/context.ts';
import type { Route } from '#functions/api/http/router.ts';
import { firefly } from '#shared/adobe/services/firefly/service.ts';
import { listCallerRoutes, operatorRoutes } from '#shared/permissions/api-routes.ts';
import { flatten } from './granted.ts';
import { ofType, synthesise } from './synthesise.ts';

// Routes are only named here, and none is run.
const services: ApiContext['services'] = [firefly];
const routes: Route[] = createRoutes({
  services,
  table: {},
  inputs: { buckets: {} },
  settings: { docs: 'open' },
} as ApiContext);

const { resources } = synthesise({ auth: { mode: 'iam' } });

const arnOfApi = /^arn:\$\{AWS::Partition\}:execute-api:\$\{AWS::Region\}:\$\{AWS::AccountId\}:\$\{HttpApi\}/;

/** What comes behind the id of this API in the ARNs that a policy of the template allows to invoke, and nothing else. */
const allowedBy = (description: RegExp): string[] => {
  const [policy, ...others] = ofType(resources, 'AWS::IAM::ManagedPolicy').filter(({ Properties }) =>
    description.test(JSON.stringify(Properties['Description'])),
  );
  if (policy === undefined || others.length > 0) throw new Error(`Not exactly one policy ${description}`);
  const { Statement } = policy.Properties['PolicyDocument'] as { Statement: Record<string, unknown>[] };
  expect(Statement).toEqual([{ Effect: 'Allow', Action: 'execute-api:Invoke', Resource: expect.any(Array) }]);
  return [Statement[0]?.['Resource']].flat().map((resource) => {
    const arn = flatten(resource);
    expect(arn).toMatch(arnOfApi);
    return arn.replace(arnOfApi, '');
  });
};

const callers = allowedBy(/May call/);
const operators = allowedBy(/queue/);

/** How IAM matches: `*` stands for any characters, `?` for one. */
const allows = (patterns: readonly string[], request: string): boolean =>
  patterns.some((pattern) =>
    new RegExp(`^${pattern.replaceAll('$', '\\$').replaceAll('?', '.').replaceAll('*', '.*')}$`).test(request),
  );

const requestOf = ({ method, path }: Record<'method' | 'path', string>): string =>
  `/$default/${method}${path.replace(/\{\w+\}/g, '0199a0e4-7c1f-7000-8000-000000000000')}`;

describe('the policies for callers and operators', () => {
  it('share out every route of the API that is not open to all: each is for one of them', () => {
    const shares = routes.map((route) => ({
      route: `${route.method} ${route.path}`,
      callers: allows(callers, requestOf(route)),
      operators: allows(operators, requestOf(route)),
    }));
    expect(shares.length).toBeGreaterThan(20);
    expect(shares).toEqual(
      routes.map((route) => ({
        route: `${route.method} ${route.path}`,
        callers: route.for === undefined && route.describe.open !== true,
        // It lies among the callers that operators manage; an operator is told its own policy.
        operators: route.for === 'operators' || route.path === '/callers/me',
      })),
    );
  });

  it('give operators exactly the routes that the API has for them, each declared by itself', () => {
    const declared = routes
      .filter((route) => route.for === 'operators')
      .flatMap(({ method, path }) =>
        (method === 'GET' ? [method, 'HEAD'] : [method]).map((each) => ({ method: each, path })),
      );
    expect(declared.map(requestOf).sort()).toEqual(operatorRoutes.map(requestOf).sort());
    expect(operators.toSorted()).toEqual(
      declared.map(({ method, path }) => `/$default/${method}${path.replace(/\{\w+\}/g, '*')}`).sort(),
    );
  });

  it.each(['GET', 'HEAD', 'PUT', 'POST', 'DELETE'])('let no caller %s anything at or below /queue', (method) => {
    for (const path of ['/queue', '/queue/', '/queue/pause', '/queue/pause/', '//queue', '/Queue', '/%71ueue']) {
      expect(allows(callers, `/$default/${method}${path}`), path).toBe(false);
    }
  });

  it.each(['jobs', 'health', '123456789012/jobs/x', 'x/batches/y'])(
    'let no caller manage one that is called %s',
    (name) => {
      for (const method of ['GET', 'PUT', 'DELETE']) {
        expect(allows(callers, `/$default/${method}/callers/${name}`)).toBe(false);
        expect(allows(callers, `/$default/${method}/callers/x/secrets/${name}`)).toBe(false);
      }
    },
  );

  it('name callers’ paths and the route for all the rest, of one stage and API', () => {
    expect(callers.toSorted()).toEqual(
      [...listCallerRoutes({ firefly: {} }).map((route) => `/$default/${route}`), '/$default/$default'].toSorted(),
    );
  });
});
