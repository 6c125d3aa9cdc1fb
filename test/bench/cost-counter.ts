import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { stackNames } from '#local/stack-settings.ts';
import { stackTables } from '#local/stack-tables.ts';
import { forward, type PassedAnswer, type PassingRequest } from '#test/fixtures/fault-proxy.ts';
import { readUnits, type WireItem, writeUnits } from './dynamodb-units.ts';

/** What the functions of a stack asked of its servers. */
export interface Counts {
  /** By function and server. */
  calls: Record<string, Record<string, number>>;
  /** DynamoDB's requests by operation and partition; the write units of each with those of its indexes. */
  writes: Record<string, { count: number; item: number; indexes: number }>;
  writeUnits: number;
  readUnits: number;
  puts: number;
  gets: number;
  /** Bodies of checkpoints, in bytes. */
  checkpointBytes: number;
  /** Invocations of functions by functions, by name. */
  invokes: Record<string, number>;
}

/** A proxy before one server, that counts what passes. */
export interface CountingProxy {
  url: string;
  close(): Promise<void>;
}

export const newCounts = (): Counts => ({
  calls: {},
  writes: {},
  writeUnits: 0,
  readUnits: 0,
  puts: 0,
  gets: 0,
  checkpointBytes: 0,
  invokes: {},
});

/**
 * Starts a proxy on 127.0.0.1 that hands every request, and what sends it on, to a function that counts.
 *
 * @param pass sends the request on
 */
export const startCountingProxy = async (
  target: string,
  count: (passing: PassingRequest, pass: () => Promise<PassedAnswer>) => Promise<PassedAnswer>,
): Promise<CountingProxy> => {
  const server = createServer(async (incoming, outgoing) => {
    try {
      const chunks: Buffer[] = [];
      for await (const chunk of incoming) chunks.push(chunk as Buffer);
      const { method = 'GET', url: path = '/', headers } = incoming;
      const passing = { method, path, headers, body: Buffer.concat(chunks) };
      const answer = await count(passing, () => forward(target, passing));
      outgoing.writeHead(answer.status, answer.headers);
      outgoing.end(answer.body);
    } catch {
      outgoing.destroy();
    }
  });
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

const item = z.record(z.string(), z.unknown()).transform((found) => found as WireItem);
const requestSchema = z.object({
  TableName: z.string().default(''),
  Key: item.optional(),
  Item: item.optional(),
  ConsistentRead: z.boolean().default(false),
});
const answerSchema = z.object({
  Item: item.optional(),
  Items: z.array(item).default([]),
  Responses: z.record(z.string(), z.array(item)).default({}),
});

const describePartition = (key: WireItem, counted: WireItem | undefined): string => {
  const [kind = ''] = (key['pk']?.S ?? '').split('#');
  const [part = ''] = (key['sk']?.S ?? '').split('#');
  // A hash names no kind of item.
  return [kind, part.length < 32 ? part : '', counted?.['state']?.S].filter(Boolean).join(' ');
};

/** Counts one request to DynamoDB; a write is told by the item before and after it. */
export const countDynamoDb = async (
  counts: Counts,
  client: DynamoDBClient,
  { headers, body }: PassingRequest,
  pass: () => Promise<PassedAnswer>,
): Promise<PassedAnswer> => {
  const operation = String(headers['x-amz-target'] ?? '').split('.')[1] ?? '';
  const request = requestSchema.parse(JSON.parse(body.toString()));
  const definition = stackTables[request.TableName];
  if (!/^(Put|Update|Delete)Item$/.test(operation)) {
    const answer = await pass();
    if (answer.status === 200) {
      const read = answerSchema.parse(JSON.parse(answer.body.toString()));
      const items = [...(read.Item ? [read.Item] : []), ...read.Items, ...Object.values(read.Responses).flat()];
      counts.readUnits += readUnits(items, request.ConsistentRead);
    }
    return answer;
  }
  if (definition === undefined) return pass();
  const { partitionKey, sortKey } = definition;
  const key: WireItem = Object.fromEntries(
    Object.entries(request.Key ?? request.Item ?? {}).filter(([name]) => name === partitionKey || name === sortKey),
  );
  const read = async () =>
    (await client.send(new GetItemCommand({ TableName: request.TableName, Key: key, ConsistentRead: true }))).Item;
  const before = await read();
  const answer = await pass();
  const after = answer.status === 200 ? await read() : before;
  const units = writeUnits(before, after, definition);
  const indexes = Object.values(units.indexes).reduce((sum, each) => sum + each, 0);
  const named = `${operation} ${describePartition(key, after)}`;
  const known = counts.writes[named] ?? { count: 0, item: 0, indexes: 0 };
  counts.writes[named] = {
    count: known.count + 1,
    item: known.item + units.item,
    indexes: known.indexes + indexes,
  };
  counts.writeUnits += units.item + indexes;
  return answer;
};

/** Counts one request to Lambda: an invocation, or a checkpoint of a durable execution. */
export const countLambda = (counts: Counts, { path, body }: PassingRequest): void => {
  if (path.includes('/checkpoint')) counts.checkpointBytes += body.length;
  const [, name] = /\/functions\/([^/]+)\/invocations/.exec(decodeURIComponent(path)) ?? [];
  const bare = name?.split(':').find((part) => part.startsWith(stackNames.stack)) ?? name;
  if (bare !== undefined) counts.invokes[bare] = (counts.invokes[bare] ?? 0) + 1;
};

/** Counts one request to S3. */
export const countS3 = (counts: Counts, { method }: PassingRequest): void => {
  if (method === 'PUT' || method === 'POST') counts.puts += 1;
  if (method === 'GET' || method === 'HEAD') counts.gets += 1;
};
