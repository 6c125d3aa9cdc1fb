import type { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, ProjectionType, type Table } from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import { dataTable } from './data-table.ts';

/** The job table's indexes: name, hash key and range key, all strings. */
const indexes = [
  { indexName: 'queue', hash: 'queueState', range: 'queueOrder' },
  { indexName: 'caller', hash: 'caller', range: 'createdOrder' },
  { indexName: 'unpublished', hash: 'unpublished', range: 'finishedAt' },
] as const;

/** The name of an index of the job table. */
export type JobIndex = (typeof indexes)[number]['indexName'];

/** The truth about jobs, batches, permits and the two status items. */
export class JobTable extends Construct {
  readonly table: Table;

  constructor(scope: Construct, id: string, props: { removalPolicy: RemovalPolicy }) {
    super(scope, id);
    this.table = dataTable(this, 'JobTable', props.removalPolicy);
    for (const index of indexes) {
      this.table.addGlobalSecondaryIndex({
        indexName: index.indexName,
        partitionKey: { name: index.hash, type: AttributeType.STRING },
        sortKey: { name: index.range, type: AttributeType.STRING },
        projectionType: ProjectionType.ALL,
      });
    }
  }

  /** The ARN of one index, for permissions that name it. */
  indexArn(index: JobIndex): string {
    return `${this.table.tableArn}/index/${index}`;
  }
}
