import type { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, CfnTable, Table } from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';

/**
 * A table of items with partition and sort key, some of which expire: on demand, restorable to any second of the last 35 days.
 *
 * @param logicalId its name in the template
 */
export const dataTable = (scope: Construct, logicalId: string, removalPolicy: RemovalPolicy): Table => {
  const table = new Table(scope, 'Table', {
    partitionKey: { name: 'pk', type: AttributeType.STRING },
    sortKey: { name: 'sk', type: AttributeType.STRING },
    billingMode: BillingMode.PAY_PER_REQUEST,
    timeToLiveAttribute: 'expiresAt',
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    removalPolicy,
  });
  keepLogicalId(table, logicalId);
  return table;
};

/**
 * Fixes the logical id of a table, so that moving its construct never replaces the data.
 *
 * @throws {TypeError} if the table was imported
 */
export const keepLogicalId = (table: Table, logicalId: string): void => {
  const resource = table.node.defaultChild;
  if (!(resource instanceof CfnTable)) throw new TypeError('The table has no CloudFormation resource');
  resource.overrideLogicalId(logicalId);
};
