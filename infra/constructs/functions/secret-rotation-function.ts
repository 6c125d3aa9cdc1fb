import { Stack } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';
import { firefly } from '#shared/adobe/services/firefly/service.ts';
import { lambdaName } from '#shared/deployment/names.ts';
import { getBaseUrl, getServiceAccess } from '#shared/deployment/services.ts';
import { secretRotationEnvironment } from '#shared/deployment/support-environments.ts';
import { secretRotationPermissions } from '#shared/permissions/support-permissions.ts';
import type { FunctionProps } from './gateway-function.ts';
import { GatewayFunction } from './gateway-function.ts';
import { namedArns } from './statements.ts';

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
      permissions: secretRotationPermissions({
        jobTable: table.tableArn,
        rotationTable: state.tableArn,
        auditTable: audit.table.tableArn,
        clientCredentials: secretArn,
        ...namedArns(scope),
      }),
    });
  }
}
