import { Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

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
