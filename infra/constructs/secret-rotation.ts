import { Stack } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { CfnPermission } from 'aws-cdk-lib/aws-lambda';
import { CfnRotationSchedule } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { rotationWindowHours } from '#shared/deployment/rotation-schedule.ts';
import { rotationTable } from '#shared/deployment/tables.ts';
import { DataTable } from './data-table.ts';
import type { FunctionProps } from './functions/gateway-function.ts';
import { SecretRotationFunction } from './functions/secret-rotation-function.ts';

/** The rotation of the client secret: its function, the table of its state and its schedule in Secrets Manager. */
export class SecretRotation extends Construct {
  readonly function: SecretRotationFunction;
  /** What a rotation was about to do at Adobe when it crashed; no other function can reach it. */
  readonly state: Table;

  constructor(scope: Construct, id: string, props: Pick<FunctionProps, 'settings' | 'jobs' | 'secrets' | 'audit'>) {
    super(scope, id);
    const state = new DataTable(this, 'State', {
      definition: rotationTable,
      logicalId: 'RotationTable',
      keepData: props.settings.keepData,
    });
    this.state = state.table;
    this.function = new SecretRotationFunction(this, 'SecretRotation', { ...props, state: this.state });

    const { lambda } = this.function;
    const secretId = props.secrets.clientCredentials.secretArn;
    // `addRotationSchedule` would let Secrets Manager rotate any secret of any account with this function.
    const permission = new CfnPermission(this, 'SecretsManagerMayInvoke', {
      functionName: lambda.functionArn,
      action: 'lambda:InvokeFunction',
      principal: 'secretsmanager.amazonaws.com',
      sourceAccount: Stack.of(this).account,
      sourceArn: secretId,
    });
    const schedule = new CfnRotationSchedule(this, 'Schedule', {
      secretId,
      rotationLambdaArn: lambda.functionArn,
      // `automaticallyAfterDays` would leave it to Secrets Manager at which hour of a day it rotates, so that rotations "every
      // day" could be minutes apart, with no time to retire a secret in between.
      rotationRules: { scheduleExpression: rate(props.settings.rotationDays), duration: `${rotationWindowHours}h` },
      // The first deployment must not rotate the placeholder, nor a later one the secret in use.
      rotateImmediatelyOnUpdate: false,
    });
    // Secrets Manager tries the function when the schedule is made.
    schedule.addResourceDependency(permission);
  }
}

const rate = (days: number): string => `rate(${days} ${days === 1 ? 'day' : 'days'})`;
