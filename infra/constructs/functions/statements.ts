import { ArnFormat, Aws, Stack, Validations } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct, IConstruct } from 'constructs';
import { prefixes } from '#shared/deployment/bucket.ts';
import { durableAlias, type FunctionName, lambdaName } from '#shared/deployment/names.ts';
import { callerPartitions, jobPartitions } from '#shared/deployment/tables.ts';

/** Exact actions on exact resources; CDK's own grants are wider (`grantInvoke` adds every version, `grantRead` lists). */
export const allow = (
  actions: string[],
  resources: string[],
  conditions?: Record<string, Record<string, unknown>>,
): PolicyStatement => new PolicyStatement({ actions, resources, ...(conditions && { conditions }) });

/** The ARN of a function by its name: references between functions that know each other would be circular. */
export const functionArn = (scope: Construct, name: FunctionName): string =>
  Stack.of(scope).formatArn({
    service: 'lambda',
    resource: 'function',
    resourceName: lambdaName(Stack.of(scope).stackName, name),
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });

/** The ARN by which a durable function is invoked. */
export const aliasArn = (scope: Construct, name: FunctionName): string => `${functionArn(scope, name)}:${durableAlias}`;

/** Lets a durable function record its own executions, which hang below a version: an unqualified ARN never matches. */
export const allowDurableState = (scope: Construct, name: FunctionName): PolicyStatement =>
  allow(['lambda:CheckpointDurableExecution', 'lambda:GetDurableExecutionState'], [`${functionArn(scope, name)}:*`]);

/** Reads the images that jobs take as input: from the gateway's bucket and from those that the settings name. */
export const allowReadInputs = (bucket: IBucket, inputBuckets: readonly string[]): PolicyStatement =>
  allow(
    ['s3:GetObject'],
    [
      ...[prefixes.outputs, prefixes.uploads, prefixes.inbox].map((prefix) => `${bucket.bucketArn}/${prefix}*`),
      ...inputBuckets.map((name) => `arn:${Aws.PARTITION}:s3:::${name}/*`),
    ],
  );

/** Why the reading of inputs needs wildcards. */
export const inputWildcards = (inputBuckets: readonly string[]): Record<string, string> => ({
  '<OutputsBucket.Arn>/uploads/*': 'Inputs and files of requests; their keys are made at run time.',
  '<OutputsBucket.Arn>/inbox/*': 'Inputs and files of requests that teams dropped into their folders.',
  ...Object.fromEntries(
    inputBuckets.map((name) => [
      `arn:<AWS::Partition>:s3:::${name}/*`,
      'The deployment lets callers name any object there.',
    ]),
  ),
});

/** Reads and writes the one status item of a function, and no other item of the job table. */
export const allowStatusItem = (tableArn: string, name: FunctionName): PolicyStatement =>
  allow(['dynamodb:GetItem', 'dynamodb:PutItem'], [tableArn], {
    'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [jobPartitions.status(name)] },
  });

/** Reads what callers may do and the lists that it refers to, and nothing else of the table of callers. */
export const allowReadPolicies = (tableArn: string, bucket: IBucket): PolicyStatement[] => [
  allow(['dynamodb:GetItem'], [tableArn], {
    'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [callerPartitions.policies] },
  }),
  allow(['s3:GetObject'], [`${bucket.bucketArn}/${prefixes.policies}*`]),
];

/** Why the reading of policies needs a wildcard. */
export const policyWildcards = {
  '<OutputsBucket.Arn>/policies/*': 'Lists of words that operators put there; policies name their keys.',
};

/**
 * Acknowledges cdk-nag's findings on permissions with a wildcard in the resource, one by one.
 *
 * @param reasons by resource as cdk-nag writes it, references in angle brackets: `<LogicalId.Arn>/outputs/*`
 */
export const acknowledgeWildcards = (scope: IConstruct, reasons: Record<string, string>): void => {
  for (const [resource, reason] of Object.entries(reasons)) {
    Validations.of(scope).acknowledge({ id: `AwsSolutions-IAM5[Resource::${resource}]`, reason });
  }
};
