import type { RemovalPolicy } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import { dataTable } from './data-table.ts';

/** The webhooks with their secrets, and what was sent to them: apart from the jobs, as few functions may read it. */
export class WebhookTable extends Construct {
  readonly table: Table;

  constructor(scope: Construct, id: string, props: { removalPolicy: RemovalPolicy }) {
    super(scope, id);
    this.table = dataTable(this, 'WebhookTable', props.removalPolicy);
  }
}
