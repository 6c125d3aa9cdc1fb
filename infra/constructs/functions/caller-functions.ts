import { Stack } from 'aws-cdk-lib';
import type { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import type { Settings } from '#shared/deployment/settings.ts';
import {
  authorizeEnvironment,
  callerTokenEnvironment,
  signingKeyEnvironment,
} from '#shared/deployment/support-environments.ts';
import {
  authorizePermissions,
  callerTokenPermissions,
  signingKeyPermissions,
} from '#shared/permissions/support-permissions.ts';
import type { DataTable } from '../data-table.ts';
import { GatewayFunction } from './gateway-function.ts';

/** What the functions of callers' own credentials are connected to. */
export interface CallerFunctionProps {
  settings: Settings;
  callers: DataTable;
  audit: DataTable;
  signingKey: Secret;
  gatewayUrl: string;
}

/** Issues tokens for id and secret: everybody can call it, so that it can read callers and change none. */
export class CallerTokenFunction extends GatewayFunction {
  constructor(scope: Construct, id: string, props: CallerFunctionProps) {
    const { settings, callers: table, audit, signingKey, gatewayUrl } = props;
    const { tableName, tableArn } = table.table;
    super(scope, id, {
      name: 'caller-token',
      description: 'Issues tokens to callers for their id and secret',
      memoryMegabytes: 512,
      settings,
      environment: callerTokenEnvironment.write({
        ...settings,
        stackName: Stack.of(scope).stackName,
        callerTableName: tableName,
        auditTableName: audit.table.tableName,
        gatewayUrl,
        signingKeySecretId: signingKey.secretArn,
      }),
      permissions: callerTokenPermissions({
        callerTable: tableArn,
        auditTable: audit.table.tableArn,
        signingKey: signingKey.secretArn,
      }),
    });
  }
}

/** Tells the HTTP API who bears a token; it reads public keys, and no secret. */
export class AuthorizeFunction extends GatewayFunction {
  constructor(
    scope: Construct,
    id: string,
    { settings, callers: table, gatewayUrl }: Omit<CallerFunctionProps, 'signingKey' | 'audit'>,
  ) {
    const { tableName, tableArn } = table.table;
    super(scope, id, {
      name: 'authorize',
      description: 'Verifies the tokens of callers',
      memoryMegabytes: 512,
      settings,
      environment: authorizeEnvironment.write({
        stackName: Stack.of(scope).stackName,
        callerTableName: tableName,
        gatewayUrl,
      }),
      permissions: authorizePermissions({ callerTable: tableArn }),
    });
  }
}

/** Rotates the key that signs tokens; the only function that writes it. */
export class SigningKeyFunction extends GatewayFunction {
  constructor(scope: Construct, id: string, { settings, callers: table, signingKey, gatewayUrl }: CallerFunctionProps) {
    const { tableName, tableArn } = table.table;
    super(scope, id, {
      name: 'signing-key',
      description: 'Rotates the key that signs the tokens of callers',
      memoryMegabytes: 512,
      settings,
      environment: signingKeyEnvironment.write({
        ...settings,
        stackName: Stack.of(scope).stackName,
        callerTableName: tableName,
        gatewayUrl,
        signingKeySecretId: signingKey.secretArn,
      }),
      permissions: signingKeyPermissions({ callerTable: tableArn, signingKey: signingKey.secretArn }),
    });
  }
}
