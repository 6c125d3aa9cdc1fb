import type { CfnRole } from 'aws-cdk-lib/aws-iam';
import { describe, expect, it } from 'vitest';
import { type FunctionName, functionNames } from '#shared/deployment/names.ts';
import { listInvocations } from '#shared/permissions/service-permissions.ts';
import { atoms, flatten, granted } from './granted.ts';
import { permissions } from './permissions.ts';
import { ofType, type Resource, synthesise } from './synthesise.ts';

const { stack, resources } = synthesise();
const roles = granted(stack, resources);

describe('the roles of the stack', () => {
  it('are those of the table', () => {
    expect([...roles.keys()].sort()).toEqual(Object.keys(permissions).sort());
  });

  it.each(Object.entries(permissions))('%s: may do what the table says, and nothing more', (principal, allowed) => {
    expect(roles.get(principal)).toEqual(atoms(allowed));
  });

  it('hold nothing but their inline policies', () => {
    expect(ofType(resources, 'AWS::IAM::Policy')).toEqual([]);
    expect(ofType(resources, 'AWS::IAM::Role').filter((role) => 'ManagedPolicyArns' in role.Properties)).toEqual([]);
  });

  it('are taken on by their own service only', () => {
    const trust = ofType(resources, 'AWS::IAM::Role').map(
      (role) => (role.Properties['AssumeRolePolicyDocument'] as { Statement: Record<string, unknown>[] }).Statement,
    );
    expect(trust.map((statements) => statements.map(({ Principal }) => Principal))).toEqual(
      expect.arrayContaining([[{ Service: 'lambda.amazonaws.com' }], [{ Service: 'scheduler.amazonaws.com' }]]),
    );
    const ofScheduler = trust.flat().filter(({ Principal }) => JSON.stringify(Principal).includes('scheduler'));
    expect(ofScheduler).toHaveLength(3);
    for (const { Condition } of ofScheduler) {
      expect(Object.keys((Condition as { StringEquals: object }).StringEquals)).toEqual([
        'aws:SourceAccount',
        'aws:SourceArn',
      ]);
    }
  });

  it('leave the client credentials to token-refresh and secret-rotation, the state of the rotation to it alone, webhooks to notify and api', () => {
    const readersOf = (target: string) =>
      [...roles].filter(([, allowed]) => allowed.some((atom) => atom.includes(target))).map(([principal]) => principal);
    expect(readersOf('secret client-credentials').sort()).toEqual(['secret-rotation', 'token-refresh']);
    expect(readersOf('secret access-token').sort()).toEqual(['generate', 'passthrough', 'token-refresh']);
    expect(readersOf('rotation table')).toEqual(['secret-rotation']);
    expect(readersOf('webhook table').sort()).toEqual(['api', 'inbox', 'notify']);
    // It erases what it may not read.
    const ofInbox = roles.get('inbox')?.filter((atom) => atom.includes('webhook table')) ?? [];
    expect(ofInbox.filter((atom) => !atom.includes('"dynamodb:Attributes":["pk","sk","webhookId"]'))).toEqual([]);
    expect(
      [...roles].filter(([, allowed]) => allowed.some((atom) => atom.startsWith('secretsmanager:Put'))),
    ).toHaveLength(3);
    expect(readersOf('secret signing-key').sort()).toEqual(['caller-token', 'signing-key']);
  });
});

describe('the template', () => {
  it('allows no action with a wildcard anywhere', () => {
    const allowed = statementsIn(resources).filter(({ Effect }) => Effect === 'Allow');
    expect(allowed.length).toBeGreaterThan(20);
    expect(allowed.filter(({ Action }) => JSON.stringify(Action).includes('*'))).toEqual([]);
  });

  it('lets services invoke functions, and keep events, only for what is listed', () => {
    const arn = (value: unknown) => flatten(stack.resolve(value));
    const own = (service: string, rest: string) => stack.formatArn({ service, resource: rest });
    const { secrets, callerAccess, eventRules, httpApi } = stack;
    const api = own('execute-api', httpApi.api.apiId);
    const [authorizer] = Object.entries(resources).filter(([, { Type }]) => Type === 'AWS::ApiGatewayV2::Authorizer');
    const listed = listInvocations(
      { functions: mapNames((name) => stack.functions[name]?.lambda.functionArn ?? '') },
      {
        account: stack.account,
        httpApi: api,
        callers: { authorizer: '', signingKey: callerAccess?.signingKey.secretArn ?? '' },
        clientCredentials: secrets.clientCredentials.secretArn,
        rules: {
          inbox: eventRules.inbox.ruleArn,
          notify: eventRules.notify.ruleArn,
          thumbnail: eventRules.thumbnail?.ruleArn,
        },
      },
    ).map(({ service, resources: [target], conditions }) => ({
      // The template refers to an alias, and the alias is of the version of the function.
      function: arn(target).replace(/^.*\.Arn\}:live$/, 'an alias'),
      by: service,
      from:
        conditions?.['ArnLike']?.['aws:SourceArn'] === ''
          ? `${arn(api)}/authorizers/\${${authorizer?.[0]}}`
          : arn(conditions?.['ArnLike']?.['aws:SourceArn']),
      account: arn(conditions?.['StringEquals']?.['aws:SourceAccount'] ?? ''),
    }));
    const invocations = ofType(resources, 'AWS::Lambda::Permission').map(({ Properties }) => ({
      function: flatten(Properties['FunctionName']).replace(/^.*Alias.*$/, 'an alias'),
      by: Properties['Principal'],
      from: flatten(Properties['SourceArn']),
      account: flatten(Properties['SourceAccount'] ?? ''),
    }));
    const inOrder = (list: object[]) => list.map((entry) => JSON.stringify(entry)).toSorted();
    expect(inOrder(invocations)).toEqual(inOrder(listed));
  });
});

describe('the comparison', () => {
  const roleId = stack.getLogicalId(stack.functions.api.role.node.defaultChild as CfnRole);
  const widened = (statement: object): string[] | undefined => {
    const role = structuredClone(resources[roleId]) as Resource;
    const [policy] = role.Properties['Policies'] as { PolicyDocument: { Statement: object[] } }[];
    policy?.PolicyDocument.Statement.push({ Effect: 'Allow', ...statement });
    return granted(stack, { [roleId]: role }).get('api');
  };

  it('finds an action that the table does not know', () => {
    expect(widened({ Action: 'dynamodb:Scan', Resource: '*' })).not.toEqual(atoms(permissions.api));
  });

  it('stops at a resource that the table has no word for', () => {
    expect(() => widened({ Action: 's3:GetObject', Resource: 'arn:aws:s3:::another/*' })).toThrow('No word for');
  });

  it('stops at statements that say what is not allowed', () => {
    expect(() => widened({ NotAction: 's3:GetObject', Resource: '*' })).toThrow('Unexpected');
  });
});

const mapNames = (map: (name: FunctionName) => string) =>
  Object.fromEntries(functionNames.map((name) => [name, map(name)])) as Record<FunctionName, string>;

interface Statement {
  Effect: string;
  Action: unknown;
}

/** Every policy statement anywhere in a value. */
const statementsIn = (value: unknown): Statement[] => {
  if (typeof value !== 'object' || value === null) return [];
  if ('Effect' in value && 'Action' in value) return [value as Statement];
  return Object.values(value).flatMap(statementsIn);
};
