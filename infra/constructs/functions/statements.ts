import { ArnFormat, Aws, Stack, Validations } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct, IConstruct } from 'constructs';
import { type FunctionName, functionNames, lambdaName } from '#shared/deployment/names.ts';
import type { Permission, StackArns } from '#shared/permissions/permission.ts';

/** Exact actions on exact resources; CDK's own grants are wider (`grantInvoke` adds every version, `grantRead` lists). */
export const allow = (
  actions: string[],
  resources: string[],
  conditions?: Record<string, Record<string, unknown>>,
): PolicyStatement => new PolicyStatement({ actions, resources, ...(conditions && { conditions }) });

/** A permission of the gateway as a statement of the template. */
export const toStatement = ({ actions, resources, conditions }: Permission): PolicyStatement =>
  new PolicyStatement({ actions: [...actions], resources: [...resources], conditions });

/** The ARNs of what is named rather than referred to: references between functions that know each other would be circular. */
export const namedArns = (scope: Construct): Pick<StackArns, 'functions' | 'partition'> => {
  const arn = (name: FunctionName): string =>
    Stack.of(scope).formatArn({
      service: 'lambda',
      resource: 'function',
      resourceName: lambdaName(Stack.of(scope).stackName, name),
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
  return {
    functions: Object.fromEntries(functionNames.map((name) => [name, arn(name)])) as StackArns['functions'],
    partition: Aws.PARTITION,
  };
};

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
