import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, CfnTable, ProjectionType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { Effect, PolicyDocument, PolicyStatement, StarPrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { IndexDefinition, Keys, TableDefinition } from '#shared/deployment/tables.ts';
import { refusedForAudit } from '#shared/permissions/resource-policies.ts';

interface DataTableProps<Index extends string> {
  definition: TableDefinition<Index>;
  /** The table's name in the template: fixed, so that moving the construct never replaces the data. */
  logicalId: string;
  /** Whether the table outlives its stack. Then nobody can delete it before its protection was switched off. */
  keepData: boolean;
  /** Whether nobody, administrators included, may change or delete what is in it as long as its policy stands. */
  appendOnly?: boolean;
}

/** A table on demand, restorable to any second of the last 35 days. */
export class DataTable<Index extends string = string> extends Construct {
  readonly table: Table;

  /** @throws {TypeError} if CDK has made no table of its own */
  constructor(scope: Construct, id: string, { definition, logicalId, keepData, appendOnly }: DataTableProps<Index>) {
    super(scope, id);
    const { timeToLiveAttribute, indexes } = definition;
    this.table = new Table(this, 'Table', {
      ...attributes(definition),
      timeToLiveAttribute,
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: keepData,
      resourcePolicy: appendOnly ? refuseChanges() : undefined,
      // Not `RETAIN_ON_UPDATE_OR_DELETE`: a failed first deployment could not delete a protected table, and an empty one that it
      // leaves is in nobody's way, as it has no fixed name.
      removalPolicy: keepData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    for (const [indexName, index] of Object.entries<IndexDefinition>(indexes ?? {})) {
      this.table.addGlobalSecondaryIndex({
        indexName,
        ...attributes(index),
        projectionType: index.includes === undefined ? ProjectionType.KEYS_ONLY : ProjectionType.INCLUDE,
        nonKeyAttributes: index.includes && [...index.includes],
      });
    }
    const resource = this.table.node.defaultChild;
    if (!(resource instanceof CfnTable)) throw new TypeError('The table has no CloudFormation resource');
    resource.overrideLogicalId(logicalId);
  }

  /** The ARN of one index, for permissions that name it. */
  indexArn(index: Index): string {
    return `${this.table.tableArn}/index/${index}`;
  }
}

// The policy belongs to the table, so that `*` is the table.
const refuseChanges = (): PolicyDocument =>
  new PolicyDocument({
    statements: [
      new PolicyStatement({
        effect: Effect.DENY,
        principals: [new StarPrincipal()],
        actions: [...refusedForAudit],
        resources: ['*'],
      }),
    ],
  });

const attributes = ({ partitionKey, sortKey }: Keys) => ({
  partitionKey: { name: partitionKey, type: AttributeType.STRING },
  sortKey: sortKey === undefined ? undefined : { name: sortKey, type: AttributeType.STRING },
});
