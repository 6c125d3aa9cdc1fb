import type { RequestContext } from './conditions.ts';
import type { Access } from './statements.ts';

/** How DynamoDB writes a value: its type, and the value. */
type AttributeValue = Readonly<Record<string, unknown>>;
type Attributes = Readonly<Record<string, AttributeValue>>;

/** What requests have that IAM looks at. */
interface Input {
  TableName?: string;
  IndexName?: string;
  Key?: Attributes;
  Item?: Attributes;
  ExpressionAttributeNames?: Readonly<Record<string, string>>;
  ExpressionAttributeValues?: Attributes;
  KeyConditionExpression?: string;
  FilterExpression?: string;
  ConditionExpression?: string;
  UpdateExpression?: string;
  ProjectionExpression?: string;
  Select?: string;
  ReturnValues?: string;
  RequestItems?: Readonly<Record<string, KeysAndAttributes | readonly WriteRequest[]>>;
}
interface KeysAndAttributes extends Pick<Input, 'ProjectionExpression' | 'ExpressionAttributeNames'> {
  Keys?: readonly Attributes[];
}
interface WriteRequest {
  PutRequest?: { Item?: Attributes };
  DeleteRequest?: { Key?: Attributes };
}

/** Names of partition keys by the ARN of the table or index. */
export type PartitionKeys = Readonly<Record<string, string>>;

const tablePrefix = 'arn:aws:dynamodb:us-east-1:000000000000:table/';

/** The ARN of a table of the embedded stack. */
export const tableArn = (table: string): string => (table.startsWith('arn:') ? table : tablePrefix + table);

const words = 'AND OR NOT IN BETWEEN SET REMOVE ADD DELETE attribute_exists attribute_not_exists attribute_type';
const moreWords = 'begins_with contains size if_not_exists list_append';
const reserved = new Set(`${words} ${moreWords}`.toLowerCase().split(' '));

const resolveName = (written: string, { ExpressionAttributeNames = {} }: Input): string =>
  ExpressionAttributeNames[written] ?? written;

const maxRemembered = 2_000;

/** Reads an expression once: requests differ in their values, and hardly in their expressions. */
const rememberRead = <Read>(read: (expression: string) => Read): ((expression: string) => Read) => {
  const remembered = new Map<string, Read>();
  return (expression) => {
    const found = remembered.get(expression);
    if (found !== undefined) return found;
    if (remembered.size >= maxRemembered) remembered.clear();
    const fresh = read(expression);
    remembered.set(expression, fresh);
    return fresh;
  };
};

/** The names of attributes as an expression writes them, without what lies inside of them. */
const readNames = rememberRead((expression): readonly string[] =>
  [...expression.matchAll(/(?<![\w.#:])#?[A-Za-z_]\w*/g)]
    .map(([written]) => written)
    .filter((written) => !reserved.has(written.toLowerCase())),
);

/** The attributes that expressions name. */
const namedIn = (input: Input, ...expressions: (string | undefined)[]): string[] =>
  expressions.flatMap((expression = '') => readNames(expression).map((written) => resolveName(written, input)));

const toText = (value: AttributeValue | undefined): string[] =>
  value === undefined ? [] : [String(Object.values(value)[0])];

const readEqualities = rememberRead((expression): readonly { name: string; value: string }[] =>
  [...expression.matchAll(/(#?\w+)\s*=\s*(:\w+)/g)].map(([, name = '', value = '']) => ({ name, value })),
);

/** The partition that a key condition asks for. */
const queriedPartition = (input: Input, partitionKey: string | undefined): string[] => {
  const { KeyConditionExpression = '', ExpressionAttributeValues = {} } = input;
  return readEqualities(KeyConditionExpression)
    .filter(({ name }) => resolveName(name, input) === partitionKey)
    .flatMap(({ value }) => toText(ExpressionAttributeValues[value]));
};

const toContext = (leadingKeys: string[], attributes: string[], rest: RequestContext = {}): RequestContext => ({
  'dynamodb:leadingkeys': leadingKeys,
  'dynamodb:attributes': [...new Set(attributes)],
  ...rest,
});

/** What Query and Scan return, said or not. */
const selected = ({ Select, ProjectionExpression, IndexName }: Input): string =>
  Select ??
  (ProjectionExpression !== undefined
    ? 'SPECIFIC_ATTRIBUTES'
    : IndexName !== undefined
      ? 'ALL_PROJECTED_ATTRIBUTES'
      : 'ALL_ATTRIBUTES');

/**
 * What IAM asks for a request to DynamoDB.
 *
 * Source: "Using IAM policy conditions for fine-grained access control" in the developer guide of DynamoDB.
 *
 * @param operation such as `GetItem`
 */
export const listDynamoDbAccesses = (operation: string, input: Input, partitionKeys: PartitionKeys): Access[] => {
  const action = `dynamodb:${operation}`;
  if (input.RequestItems !== undefined) {
    return Object.entries(input.RequestItems).map(([table, requests]) => {
      const resource = tableArn(table);
      return { action, resource, context: describeBatch(requests, partitionKeys[resource]) };
    });
  }
  if (input.TableName === undefined) return [{ action, resource: '*' }];
  const table = tableArn(input.TableName);
  const resource = input.IndexName === undefined ? table : `${table}/index/${input.IndexName}`;
  const partitionKey = partitionKeys[resource];
  const item = input.Key ?? input.Item ?? {};
  const leadingKeys = [
    ...(partitionKey === undefined ? [] : toText(item[partitionKey])),
    ...queriedPartition(input, partitionKey),
  ];
  const { KeyConditionExpression, FilterExpression, ConditionExpression, UpdateExpression } = input;
  const attributes = [
    ...Object.keys(item),
    ...namedIn(
      input,
      ...[KeyConditionExpression, FilterExpression, ConditionExpression, UpdateExpression, input.ProjectionExpression],
    ),
  ];
  const isRead = operation === 'Query' || operation === 'Scan';
  const context = toContext(leadingKeys, attributes, {
    'dynamodb:select': isRead ? selected(input) : undefined,
    'dynamodb:returnvalues': input.ReturnValues,
  });
  return [{ action, resource, context }];
};

const describeBatch = (
  requests: KeysAndAttributes | readonly WriteRequest[],
  partitionKey: string | undefined,
): RequestContext => {
  const { items, projected } = 'length' in requests ? readWrites(requests) : readKeys(requests);
  const leadingKeys = partitionKey === undefined ? [] : items.flatMap((item) => toText(item[partitionKey]));
  return toContext(leadingKeys, [...items.flatMap((item) => Object.keys(item)), ...projected]);
};

interface Batch {
  items: readonly Attributes[];
  projected: readonly string[];
}

const readWrites = (requests: readonly WriteRequest[]): Batch => ({
  items: requests.map(({ PutRequest, DeleteRequest }) => PutRequest?.Item ?? DeleteRequest?.Key ?? {}),
  projected: [],
});

const readKeys = (requests: KeysAndAttributes): Batch => ({
  items: requests.Keys ?? [],
  projected: namedIn(requests, requests.ProjectionExpression),
});
