import { Stack, Token } from 'aws-cdk-lib';
import type { ManagedPolicy, PolicyDocument } from 'aws-cdk-lib/aws-iam';
import type { FunctionName } from '#shared/deployment/names.ts';
import { ConfigError } from '../../config.ts';

// What AWS would refuse half-way through a deployment stops the synthesis here instead.

/** Lambda: names and values of all variables together. */
const maxEnvironmentBytes = 4_096;

/** IAM: all inline policies of a role together, without white space. */
const maxRolePolicyBytes = 10_240;

/** IAM: one managed policy, without white space. */
const maxManagedPolicyBytes = 6_144;

// A name, ARN or URL that AWS gives at the deployment takes about as much; the token in its place is shorter.
const unresolvedBytes = 160;

/**
 * The variables, if they fit into a function.
 *
 * @throws {ConfigError} if they do not
 */
export const checkEnvironment = (name: FunctionName, environment: Record<string, string>): Record<string, string> => {
  const bytes = Object.entries(environment)
    .map(
      ([variable, value]) => variable.length + (Token.isUnresolved(value) ? unresolvedBytes : Buffer.byteLength(value)),
    )
    .reduce((sum, size) => sum + size, 0);
  if (bytes > maxEnvironmentBytes) {
    throw new ConfigError(
      `The settings of ${name} take about ${bytes} bytes, of which Lambda allows ${maxEnvironmentBytes}: shorten services, inputBuckets, extra hosts or auth.operators`,
    );
  }
  return environment;
};

/**
 * The permissions, if they fit into a role.
 *
 * @throws {ConfigError} if they do not
 */
export const checkPermissions = (stack: Stack, name: FunctionName, permissions: PolicyDocument): PolicyDocument => {
  const bytes = countBytes(stack, permissions);
  if (bytes > maxRolePolicyBytes) {
    throw new ConfigError(
      `The permissions of ${name} take about ${bytes} bytes, of which IAM allows ${maxRolePolicyBytes}: shorten inputBuckets`,
    );
  }
  return permissions;
};

/**
 * Checks that IAM takes a managed policy.
 *
 * @throws {ConfigError} if it does not
 */
export const checkManagedPolicy = (policy: ManagedPolicy, name: string): void => {
  const bytes = countBytes(Stack.of(policy), policy.document);
  if (bytes <= maxManagedPolicyBytes) return;
  throw new ConfigError(
    `The policy for ${name} takes about ${bytes} bytes, of which IAM allows ${maxManagedPolicyBytes}: turn services off that nobody calls`,
  );
};

const countBytes = (stack: Stack, permissions: PolicyDocument): number =>
  Buffer.byteLength(JSON.stringify(stack.resolve(permissions), replaceReferences));

// The longest partition, region, account id and id of an API that AWS has.
const knownBytes: Record<string, number> = {
  'AWS::Partition': 10,
  'AWS::Region': 14,
  'AWS::AccountId': 12,
  HttpApi: 10,
};

/** Puts text of the length that it will have in the place of a reference. */
const replaceReferences = (_: string, value: unknown): unknown => {
  if (typeof value !== 'object' || value === null) return value;
  if ('Ref' in value) return 'x'.repeat(knownBytes[String(value.Ref)] ?? unresolvedBytes);
  if ('Fn::GetAtt' in value) return 'x'.repeat(unresolvedBytes);
  if (!('Fn::Join' in value)) return value;
  const [separator, parts] = value['Fn::Join'] as [string, unknown[]];
  return parts.map((part) => String(replaceReferences('', part))).join(separator);
};
