import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { crc32 } from 'node:zlib';
import batchGetItem from 'dynalite/actions/batchGetItem.js';
import batchWriteItem from 'dynalite/actions/batchWriteItem.js';
import deleteItem from 'dynalite/actions/deleteItem.js';
import getItem from 'dynalite/actions/getItem.js';
import putItem from 'dynalite/actions/putItem.js';
import query from 'dynalite/actions/query.js';
import scan from 'dynalite/actions/scan.js';
import updateItem from 'dynalite/actions/updateItem.js';
import type { Callback, Store } from 'dynalite/db/index.js';
import * as batchGetItemRules from 'dynalite/validations/batchGetItem.js';
import * as batchWriteItemRules from 'dynalite/validations/batchWriteItem.js';
import * as deleteItemRules from 'dynalite/validations/deleteItem.js';
import * as getItemRules from 'dynalite/validations/getItem.js';
import validations from 'dynalite/validations/index.js';
import * as putItemRules from 'dynalite/validations/putItem.js';
import * as queryRules from 'dynalite/validations/query.js';
import * as scanRules from 'dynalite/validations/scan.js';
import * as updateItemRules from 'dynalite/validations/updateItem.js';

interface Rules {
  types: object;
  custom?: ((input: object, store: Store) => string | undefined) | undefined;
}

interface ItemOperation {
  rules: Rules;
  run(store: Store, input: object, done: Callback): void;
}

/** What is asked for with each job; operations on tables are rare. */
const itemOperations: ReadonlyMap<unknown, ItemOperation> = new Map(
  Object.entries({
    BatchGetItem: { rules: batchGetItemRules, run: batchGetItem },
    BatchWriteItem: { rules: batchWriteItemRules, run: batchWriteItem },
    DeleteItem: { rules: deleteItemRules, run: deleteItem },
    GetItem: { rules: getItemRules, run: getItem },
    PutItem: { rules: putItemRules, run: putItem },
    Query: { rules: queryRules, run: query },
    Scan: { rules: scanRules, run: scan },
    UpdateItem: { rules: updateItemRules, run: updateItem },
  }).map(([name, operation]) => [`DynamoDB_20120810.${name}`, operation]),
);

const contentType = 'application/x-amz-json-1.0';
const maxBytes = 16 * 1024 * 1024;
// As clients of AWS write it: what is wrong with another one, dynalite says.
const signature = /^AWS4-HMAC-SHA256 Credential=[^=,\s]+, ?SignedHeaders=[^=,\s]+, ?Signature=[^=,\s]+$/;

/** An answer of the service that is an error. */
interface Refusal {
  statusCode: number;
  body: object;
}

const isRefusal = (error: unknown): error is Refusal =>
  typeof error === 'object' && error !== null && 'statusCode' in error && 'body' in error;

const send = (response: ServerResponse, status: number, answer: unknown): void => {
  const text = JSON.stringify(answer);
  response.writeHead(status, {
    'x-amzn-RequestId': randomUUID(),
    'x-amz-crc32': crc32(text),
    'Content-Type': contentType,
    'Content-Length': Buffer.byteLength(text),
  });
  response.end(text);
};

/** A request whose body has been read. */
export interface ReadRequest {
  request: IncomingMessage;
  response: ServerResponse;
  body: Buffer;
  /** The object that the body has as JSON; undefined if it has none. */
  input: object | undefined;
}

/**
 * Serves requests on items that any client of AWS could have sent with what dynalite does for each, without its front, which reads the
 * same request a second time. Whatever else comes is left to that.
 *
 * @returns whether it is served
 */
export const serveItemRequest = (store: Store, { request, response, body, input }: ReadRequest): boolean => {
  const { headers, method, url } = request;
  const operation = itemOperations.get(headers['x-amz-target']);
  if (operation === undefined || input === undefined || body.length > maxBytes) return false;
  if (method !== 'POST' || url !== '/' || headers['content-type'] !== contentType) return false;
  if (headers.origin !== undefined || headers['x-amz-date'] === undefined) return false;
  if (!signature.test(headers.authorization ?? '')) return false;
  const { types, custom } = operation.rules;
  const done: Callback = (error, answer) => {
    if (!error) return send(response, 200, answer);
    if (!isRefusal(error)) throw error;
    send(response, error.statusCode, error.body);
  };
  let checked: object;
  try {
    checked = validations.checkTypes(input, types);
    validations.checkValidations(checked, types, custom, store);
  } catch (error) {
    done(error);
    return true;
  }
  operation.run(store, checked, done);
  return true;
};
