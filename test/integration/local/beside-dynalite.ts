/** The local DynamoDB beside dynalite as it is, with the same tables. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { expect } from 'vitest';
import { createJobTable } from '#local/create-tables.ts';
import { startDynamoDb } from '#local/dynamodb.ts';

interface Answer {
  status: number;
  type: string | null;
  body: unknown;
}

/** Both servers. */
export interface BesideDynalite {
  /** Sends a request to the local DynamoDB alone. */
  send(operation: string, body: string, headers?: Record<string, string>): Promise<Answer>;
  /** Sends a request to both, expects the same of them and returns it. */
  compare(operation: string, input: unknown): Promise<Answer>;
  close(): Promise<void>;
}

const startPlain = `
  const options = { createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 };
  const server = require('dynalite')(options).listen(0, '127.0.0.1', () => {
    require('node:worker_threads').parentPort.postMessage('http://127.0.0.1:' + server.address().port);
  });
`;

const signed = {
  'x-amz-date': '20260101T000000Z',
  authorization:
    'AWS4-HMAC-SHA256 Credential=any/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0f',
};

const sendTo = async (
  url: string,
  operation: string,
  body: string,
  headers: Record<string, string> = {},
): Promise<Answer> => {
  const answer = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `DynamoDB_20120810.${operation}`,
      ...signed,
      ...headers,
    },
    body,
  });
  return { status: answer.status, type: answer.headers.get('content-type'), body: await answer.json() };
};

/** Starts both, each with the job table `jobs`. */
export const startBesideDynalite = async (): Promise<BesideDynalite> => {
  const server = await startDynamoDb();
  // A thread has modules of its own, in which nothing is replaced.
  const plain = new Worker(startPlain, { eval: true });
  const [plainUrl] = (await once(plain, 'message')) as [string];
  for (const endpoint of [server.url, plainUrl]) {
    const credentials = { accessKeyId: 'any', secretAccessKey: 'any' };
    const client = new DynamoDBClient({ endpoint, region: 'us-east-1', credentials });
    await createJobTable(client, 'jobs');
    client.destroy();
  }
  return {
    send: (...request) => sendTo(server.url, ...request),
    compare: async (operation, input) => {
      const body = JSON.stringify(input);
      const answer = await sendTo(server.url, operation, body);
      expect(answer).toEqual(await sendTo(plainUrl, operation, body));
      return answer;
    },
    close: async () => {
      await server.close();
      await plain.terminate();
    },
  };
};
