import { Stack } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';
import { firefly } from '#shared/adobe/services/firefly/service.ts';
import { lambdaName } from '#shared/deployment/names.ts';
import { getBaseUrl, getServiceAccess } from '#shared/deployment/services.ts';
import { secretRotationEnvironment } from '#shared/deployment/support-environments.ts';
import type { FunctionProps } from './gateway-function.ts';
import { GatewayFunction } from './gateway-function.ts';
import { allow, allowStatusItem, functionArn } from './statements.ts';

/** Rotates the client secret at Adobe and in Secrets Manager, retires the previous one and repairs what a crash left. */
export class SecretRotationFunction extends GatewayFunction {
  constructor(
    scope: Construct,
    id: string,
    {
      settings,
      jobs,
      secrets,
      audit,
      state,
    }: Pick<FunctionProps, 'settings' | 'jobs' | 'secrets' | 'audit'> & { state: Table },
  ) {
    const { table } = jobs;
    const { secretArn } = secrets.clientCredentials;
    super(scope, id, {
      name: 'secret-rotation',
      description: 'Rotates the Adobe client secret',
      memoryMegabytes: 512,
      settings,
      environment: secretRotationEnvironment.write({
        ...settings,
        serviceAccess: getServiceAccess(settings.services),
        fireflyApiUrl: getBaseUrl(settings.services, firefly),
        tableName: table.tableName,
        rotationTableName: state.tableName,
        auditTableName: audit.table.tableName,
        clientCredentialsSecretId: secretArn,
        tokenRefreshFunctionName: lambdaName(Stack.of(scope).stackName, 'token-refresh'),
      }),
      permissions: [
        allow(
          [
            'secretsmanager:DescribeSecret',
            'secretsmanager:GetSecretValue',
            'secretsmanager:PutSecretValue',
            'secretsmanager:UpdateSecretVersionStage',
            'secretsmanager:RotateSecret',
          ],
          [secretArn],
        ),
        allow(['dynamodb:GetItem', 'dynamodb:UpdateItem'], [state.tableArn]),
        allow(['dynamodb:PutItem'], [audit.table.tableArn]),
        allowStatusItem(table.tableArn, 'secret-rotation'),
        // Whoever calls RotateSecret must be allowed to invoke the rotation function, which here is the caller itself.
        allow(['lambda:InvokeFunction'], [functionArn(scope, 'token-refresh'), functionArn(scope, 'secret-rotation')]),
      ],
    });
  }
}
