import { ArnFormat, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { eventBusName, type FunctionName, generateAlias, lambdaName } from '../../names.ts';

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

/** The ARN by which `generate` is invoked. */
export const generateAliasArn = (scope: Construct): string => `${functionArn(scope, 'generate')}:${generateAlias}`;

/** Puts job events on the gateway's event bus. */
export const allowPutEvents = (scope: Construct): PolicyStatement =>
  allow(
    ['events:PutEvents'],
    [Stack.of(scope).formatArn({ service: 'events', resource: 'event-bus', resourceName: eventBusName })],
  );

/** Reads and writes the one status item of a function, and no other item of the job table. */
export const allowStatusItem = (tableArn: string, name: FunctionName): PolicyStatement =>
  allow(['dynamodb:GetItem', 'dynamodb:PutItem'], [tableArn], {
    'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [`status#${name}`] },
  });
