import { Stack } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';
import { lambdaName } from '#shared/deployment/names.ts';
import type { FunctionParts } from './function-parts.ts';
import { GatewayFunction } from './gateway-function.ts';
import { allow, allowStatusItem, functionArn } from './statements.ts';

/** Rotates the client secret at Adobe and in Secrets Manager, retires the previous one and repairs what a crash left. */
export class SecretRotationFunction extends GatewayFunction {
  constructor(
    scope: Construct,
    id: string,
    { settings, jobs, secrets, intents }: Pick<FunctionParts, 'settings' | 'jobs' | 'secrets'> & { intents: Table },
  ) {
    const { table } = jobs;
    const { secretArn } = secrets.clientCredentials;
    super(scope, id, {
      name: 'secret-rotation',
      description: 'Rotates the Adobe client secret',
      memoryMegabytes: 512,
      timeoutSeconds: 300 + settings.propagationSeconds,
      logRetentionDays: settings.logRetentionDays,
      logLevel: settings.logLevel,
      environment: {
        TABLE_NAME: table.tableName,
        INTENT_TABLE_NAME: intents.tableName,
        CLIENT_CREDENTIALS_SECRET_ID: secretArn,
        ADOBE_IMS_URL: settings.adobeImsUrl,
        ADOBE_IO_URL: settings.adobeIoUrl,
        FIREFLY_API_URL: settings.fireflyApiUrl,
        GENERATION_SCOPES: settings.generationScopes.join(','),
        MANAGEMENT_SCOPES: settings.managementScopes.join(','),
        TOKEN_REFRESH_FUNCTION_NAME: lambdaName(Stack.of(scope).stackName, 'token-refresh'),
        SECRET_GRACE_HOURS: String(settings.secretGraceHours),
        SECRET_UNUSED_HOURS: String(settings.secretUnusedHours),
        PROPAGATION_SECONDS: String(settings.propagationSeconds),
        ROTATION_DAYS: String(settings.rotationDays),
      },
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
        allow(['dynamodb:GetItem', 'dynamodb:UpdateItem'], [intents.tableArn]),
        allowStatusItem(table.tableArn, 'secret-rotation'),
        // Whoever calls RotateSecret must be allowed to invoke the rotation function, which here is the caller itself.
        allow(['lambda:InvokeFunction'], [functionArn(scope, 'token-refresh'), functionArn(scope, 'secret-rotation')]),
      ],
    });
  }
}
