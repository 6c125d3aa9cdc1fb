import { Stack } from 'aws-cdk-lib';
import { CfnPermission, type IFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnRotationSchedule, type ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';

/** How a secret is rotated; see CloudFormation for the rules. */
interface Rotation {
  secret: ISecret;
  lambda: IFunction;
  rules: CfnRotationSchedule.RotationRulesProperty;
  /** Whether each deployment that changes the schedule rotates at once. */
  immediately: boolean;
}

/**
 * Has Secrets Manager rotate a secret by a function, which may be invoked for that secret only: CDK's own `addRotationSchedule` would
 * let it rotate any secret of any account with this function.
 */
export const rotateSecret = (scope: Construct, { secret, lambda, rules, immediately }: Rotation): void => {
  const permission = new CfnPermission(scope, 'SecretsManagerMayInvoke', {
    functionName: lambda.functionArn,
    action: 'lambda:InvokeFunction',
    principal: 'secretsmanager.amazonaws.com',
    sourceAccount: Stack.of(scope).account,
    sourceArn: secret.secretArn,
  });
  const schedule = new CfnRotationSchedule(scope, 'Schedule', {
    secretId: secret.secretArn,
    rotationLambdaArn: lambda.functionArn,
    rotationRules: rules,
    rotateImmediatelyOnUpdate: immediately,
  });
  // Secrets Manager tries the function when the schedule is made.
  schedule.addResourceDependency(permission);
};
