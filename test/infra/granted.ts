import type { GatewayStack } from '#infra/gateway-stack.ts';
import { type FunctionName, functionNames } from '#shared/deployment/names.ts';
import { accountKeyArn } from './key-permissions.ts';
import { durableFunctions, type Permission, type Principal, type Target } from './permission-terms.ts';
import type { Resource } from './synthesise.ts';

interface Statement {
  Effect: string;
  Action: string | string[];
  Resource: unknown;
  Condition?: Record<string, Record<string, unknown>>;
}

interface RoleProperties {
  Policies?: { PolicyDocument: { Statement: Statement[] } }[];
  ManagedPolicyArns?: unknown[];
}

/** One action on one target; the form in which a table and a template can be compared. */
export const atoms = (permissions: Permission[]): string[] =>
  permissions
    .flatMap(({ on, may, when }) =>
      may.map((action) => `${action} on ${on}${when ? ` when ${JSON.stringify(when)}` : ''}`),
    )
    .sort();

/**
 * What the roles of a template allow.
 *
 * @throws if a statement denies or excludes, or names a resource that the table has no word for
 */
export const granted = (stack: GatewayStack, resources: Record<string, Resource>): Map<string, string[]> => {
  const principals = principalsByRole(stack);
  const targets = targetsByArn(stack);
  const roles = Object.entries(resources).filter(([, { Type }]) => Type === 'AWS::IAM::Role');
  return new Map(
    roles.map(([id, role]) => {
      const { Policies = [] } = role.Properties as RoleProperties;
      const statements = Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
      return [principals.get(id) ?? id, atoms(statements.flatMap((statement) => permissionsOf(statement, targets)))];
    }),
  );
};

const permissionsOf = (statement: Statement, targets: Map<string, Target>): Permission[] => {
  const { Effect, Action, Resource, Condition, ...rest } = statement;
  if (Effect !== 'Allow' || Object.keys(rest).length > 0) throw new Error(`Unexpected: ${JSON.stringify(statement)}`);
  return asArray(Resource).map((arn) => {
    const on = targets.get(flatten(arn));
    if (on === undefined) throw new Error(`No word for the resource ${flatten(arn)}`);
    return { on, may: asArray(Action), ...(Condition && { when: Condition }) };
  });
};

/** A function of the stack; of mode `callers` it has all. */
const functionOf = (stack: GatewayStack, name: FunctionName) => {
  const found = stack.functions[name];
  if (found === undefined) throw new Error(`The stack has no function ${name}`);
  return found;
};

const principalsByRole = (stack: GatewayStack): Map<string, Principal> => {
  const logicalId = (role: { node: { defaultChild?: unknown } }) =>
    stack.getLogicalId(role.node.defaultChild as Parameters<GatewayStack['getLogicalId']>[0]);
  return new Map<string, Principal>([
    ...functionNames.map((name): [string, Principal] => [logicalId(functionOf(stack, name).role), name]),
    [logicalId(stack.schedules.roles.dispatch), 'schedule of dispatch'],
    [logicalId(stack.schedules.roles.tokenRefresh), 'schedule of token-refresh'],
    [logicalId(stack.schedules.roles.secretRotation), 'schedule of secret-rotation'],
  ]);
};

const targetsByArn = (stack: GatewayStack): Map<string, Target> => {
  const arn = (text: string) => flatten(stack.resolve(text));
  const byName = (service: string, rest: string) =>
    `arn:\${AWS::Partition}:${service}:\${AWS::Region}:\${AWS::AccountId}:${rest}`;
  const lambda = (name: FunctionName) => byName('lambda', `function:${stack.stackName}-${name}`);
  const { jobs, outputs, secrets, rotation, webhooks, events, failures, callers, audit, callerAccess } = stack;
  return new Map<string, Target>([
    ...functionNames.flatMap((name): [string, Target][] => [
      [arn(functionOf(stack, name).lambda.logGroup.logGroupArn), `log group of ${name}`],
      [lambda(name), `function ${name}`],
      [arn(functionOf(stack, name).lambda.functionArn), `function ${name}`],
    ]),
    ...durableFunctions.flatMap((name): [string, Target][] => [
      [`${lambda(name)}:live`, `alias live of ${name}`],
      [`${lambda(name)}:*`, `every version of ${name}`],
    ]),
    [arn(jobs.table.tableArn), 'job table'],
    [`${arn(jobs.table.tableArn)}/index/queue`, 'index queue'],
    [`${arn(jobs.table.tableArn)}/index/caller`, 'index caller'],
    [`${arn(jobs.table.tableArn)}/index/states`, 'index states'],
    [`${arn(jobs.table.tableArn)}/index/changes`, 'index changes'],
    [`${arn(jobs.table.tableArn)}/index/unpublished`, 'index unpublished'],
    [arn(rotation.state.tableArn), 'rotation table'],
    [arn(webhooks.table.tableArn), 'webhook table'],
    [arn(outputs.bucket.bucketArn), 'bucket'],
    ...(['outputs', 'thumbnails', 'incoming', 'inbox', 'batches', 'uploads', 'policies'] as const).map(
      (prefix): [string, Target] => [`${arn(outputs.bucket.bucketArn)}/${prefix}/*`, `bucket ${prefix}/*`],
    ),
    [`${arn(outputs.bucket.bucketArn)}/outputs/*/job.json`, 'every job.json'],
    [arn(callers.table.tableArn), 'caller table'],
    [arn(audit.table.tableArn), 'audit table'],
    [arn(callerAccess?.signingKey.secretArn ?? ''), 'secret signing-key'],
    [arn(secrets.clientCredentials.secretArn), 'secret client-credentials'],
    [arn(secrets.accessToken.secretArn), 'secret access-token'],
    [arn(failures.queueArn), 'queue of failures'],
    [arn(events.bus.eventBusArn), 'event bus of the stack'],
    [byName('events', 'event-bus/default'), 'event bus default'],
    [accountKeyArn, 'key of the account'],
    ['*', 'everything'],
  ]);
};

/** Writes an ARN of a template as one string, references as `${LogicalId}` or `${LogicalId.Attribute}`. */
export const flatten = (value: unknown): string => {
  if (typeof value === 'string') return value;
  if (typeof value === 'object' && value !== null) {
    if ('Ref' in value) return `\${${String(value.Ref)}}`;
    if ('Fn::GetAtt' in value) return `\${${(value['Fn::GetAtt'] as string[]).join('.')}}`;
    if ('Fn::Join' in value) {
      const [separator, parts] = value['Fn::Join'] as [string, unknown[]];
      return parts.map(flatten).join(separator);
    }
  }
  throw new Error(`Not an ARN: ${JSON.stringify(value)}`);
};

const asArray = <T>(value: T | T[]): T[] => (Array.isArray(value) ? value : [value]);
