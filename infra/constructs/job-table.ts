import type { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, CfnTable, ProjectionType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';

/** The job table's indexes: name, hash key and range key, all strings. */
const indexes = [
  { indexName: 'queue', hash: 'queueState', range: 'queueOrder' },
  { indexName: 'caller', hash: 'caller', range: 'createdOrder' },
  { indexName: 'unannounced', hash: 'unannounced', range: 'finishedAt' },
] as const;

/** The name of an index of the job table. */
export type JobIndex = (typeof indexes)[number]['indexName'];

/** The truth about jobs, permits and the two status items. On demand, restorable to any second of the last 35 days. */
export class JobTable extends Construct {
  readonly table: Table;

  constructor(scope: Construct, id: string, props: { removalPolicy: RemovalPolicy }) {
    super(scope, id);
    this.table = new Table(this, 'Table', {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      timeToLiveAttribute: 'expiresAt',
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      removalPolicy: props.removalPolicy,
    });
    for (const index of indexes) {
      this.table.addGlobalSecondaryIndex({
        indexName: index.indexName,
        partitionKey: { name: index.hash, type: AttributeType.STRING },
        sortKey: { name: index.range, type: AttributeType.STRING },
        projectionType: ProjectionType.ALL,
      });
    }
    keepLogicalId(this.table, 'JobTable');
  }

  /** The ARN of one index, for permissions that name it. */
  indexArn(index: JobIndex): string {
    return `${this.table.tableArn}/index/${index}`;
  }
}

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
