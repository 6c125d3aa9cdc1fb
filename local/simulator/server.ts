import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Clock } from '#shared/clock.ts';
import { type GuardRules, guardServer } from '#shared/loopback-guard.ts';
import type { Faults } from './faults/fault-book.ts';
import { type Outcome, serveWithFaults } from './faults/faulty-service.ts';
import { type Answer, answerOf } from './http/answer.ts';
import { type ReceivedRequest, readBody } from './http/request.ts';
import type { RequestLog } from './http/request-log.ts';
import type { Manner } from './manner/manner.ts';
import type { SimulatorSettings } from './settings.ts';

/** Answers a request of one service; may throw a `Refusal`. */
export type Handler = (request: ReceivedRequest) => Answer | Promise<Answer>;

/** What the server is made of. */
export interface ServerParts {
  /** Which part of Adobe a path belongs to, as the request log and the faults name it. */
  serviceOf(path: string): string;
  handle: Handler;
  /** Answers what is under `/_simulator/`: not recorded, and no fault meets it. */
  control: Handler;
  faults: Faults;
  manner: Manner;
  settings: Pick<SimulatorSettings, 'maxUploadBytes'>;
  requestLog: RequestLog;
  clock: Clock;
  guard?: GuardRules;
}

const controlPrefix = '/_simulator/';
// Adobe states no limit for the body of a generation request.
const maxBodyBytes = 1024 * 1024;

/** Serves on 127.0.0.1; `close` ends at once, open connections and latencies included. */
export const serve = async (parts: ServerParts, port: number): Promise<{ url: string; close(): Promise<void> }> => {
  const closing = new AbortController();
  const server = createServer((message, response) => {
    const arrivedAt = parts.clock.now();
    respond(parts, message, response, arrivedAt, closing.signal).catch((error: unknown) => {
      if (!closing.signal.aborted && !message.destroyed && !response.destroyed) console.error(error);
      response.destroy();
    });
  });
  // Longer than any client keeps a connection, or a request could meet one that is just being closed.
  server.keepAliveTimeout = 120_000;
  guardServer(server, parts.guard);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      closing.abort();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
};

const respond = async (
  parts: ServerParts,
  message: IncomingMessage,
  response: ServerResponse,
  arrivedAt: number,
  signal: AbortSignal,
): Promise<void> => {
  const { faults, manner, requestLog, clock } = parts;
  const [path = '/', queryString] = (message.url ?? '/').split('?', 2);
  const query = new URLSearchParams(queryString);
  const { method = 'GET', headers } = message;
  const head = { service: parts.serviceOf(path), method, path, query, headers, arrivedAt };
  if (path.startsWith(controlPrefix)) {
    const request = { ...head, ...(await readBody(message, maxBodyBytes)) };
    await send(response, { dropped: false, answer: await answerOf(() => parts.control(request)) }, request, clock);
    return;
  }
  const record = requestLog.begin(head);
  const limit = path.startsWith('/v2/storage/') ? parts.settings.maxUploadBytes : maxBodyBytes;
  const request = { ...head, ...(await readBody(message, limit)) };
  const met = faults.takeForRequest(request);
  record.faults = met.map(({ fault }) => fault);
  const service = () => answerOf(() => parts.handle(request));
  const outcome = await serveWithFaults(request, met, service, { clock, manner, signal });
  record.dropped = outcome.dropped;
  if (!outcome.dropped) record.status = outcome.answer.status;
  await send(response, outcome, request, clock);
};

const send = async (response: ServerResponse, outcome: Outcome, request: ReceivedRequest, clock: Clock) => {
  if (outcome.dropped) {
    response.destroy();
    return;
  }
  const { status, headers = {}, body = '' } = outcome.answer;
  const length = body instanceof Readable ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  const requestId = request.headers['x-request-id'] ?? randomUUID();
  response.writeHead(status, {
    date: new Date(clock.now()).toUTCString(),
    'x-request-id': String(requestId),
    ...(status === 204 ? {} : length),
    ...headers,
  });
  if (outcome.truncateAt !== undefined) await sendTruncated(response, body, outcome.truncateAt);
  else if (body instanceof Readable) await pipeline(body, response);
  else response.end(body);
};

/** Sends the first bytes and then closes the connection, whatever the length announced. */
const sendTruncated = async (response: ServerResponse, body: NonNullable<Answer['body']>, bytes: number) => {
  const source = body instanceof Readable ? body : Readable.from([Buffer.from(body)]);
  let left = bytes;
  for await (const chunk of source as AsyncIterable<Buffer>) {
    const part = chunk.subarray(0, left);
    left -= part.length;
    await new Promise<void>((resolve) => response.write(part, () => resolve()));
    if (left === 0) break;
  }
  response.destroy();
};
