import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import { rotationWindowHours } from '#shared/deployment/rotation-schedule.ts';
import { rotationTable } from '#shared/deployment/tables.ts';
import { DataTable } from './data-table.ts';
import type { FunctionProps } from './functions/gateway-function.ts';
import { SecretRotationFunction } from './functions/secret-rotation-function.ts';
import { rotateSecret } from './rotate-secret.ts';

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

    rotateSecret(this, {
      secret: props.secrets.clientCredentials,
      lambda: this.function.lambda,
      // `automaticallyAfterDays` would leave it to Secrets Manager at which hour of a day it rotates, so that rotations "every
      // day" could be minutes apart, with no time to retire a secret in between.
      rules: { scheduleExpression: rate(props.settings.rotationDays), duration: `${rotationWindowHours}h` },
      // The first deployment must not rotate the placeholder, nor a later one the secret in use.
      immediately: false,
    });
  }
}

const rate = (days: number): string => `rate(${days} ${days === 1 ? 'day' : 'days'})`;
