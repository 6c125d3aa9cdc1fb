import type { Access } from '../iam/statements.ts';
import type { SecretStore } from './secrets.ts';

interface Input {
  SecretId?: string;
  Name?: string;
  VersionId?: string;
  VersionStage?: string;
  RotationLambdaARN?: string;
}

/** What IAM asks for a request, by its operation. A secret has its whole ARN here, whichever way the request names it. */
export const listSecretAccesses =
  (store: SecretStore) =>
  (operation: string, input: unknown): Access[] => {
    const { SecretId, Name, VersionId, VersionStage, RotationLambdaARN } = input as Input;
    const id = SecretId ?? Name ?? '*';
    const secret = store.search(id);
    const access = {
      action: `secretsmanager:${operation}`,
      resource: secret?.arn ?? id,
      context: {
        'secretsmanager:secretid': secret?.arn,
        'secretsmanager:versionid': VersionId,
        'secretsmanager:versionstage': VersionStage,
      },
    };
    const lambda = RotationLambdaARN ?? secret?.rotation?.lambdaArn;
    // The role that asks for a rotation must be allowed to invoke what rotates.
    return operation === 'RotateSecret' && lambda !== undefined
      ? [access, { action: 'lambda:InvokeFunction', resource: lambda }]
      : [access];
  };
