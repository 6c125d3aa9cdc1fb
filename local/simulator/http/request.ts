import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

/** The parts of Adobe that share an origin; `outputs` is the storage behind the pre-signed URLs. */
export const services = ['ims', 'io-management', 'firefly', 'outputs'] as const;

/** One of the parts of Adobe that share an origin. */
export type Service = (typeof services)[number];

/** A request as a simulated service sees it. */
export interface ReceivedRequest {
  /** One of {@link services}, or the id of a service that has an origin of its own. */
  service: string;
  method: string;
  /** The path as sent, still percent-encoded, without the query. */
  path: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  /** Empty when the body was larger than the limit. */
  body: Buffer;
  bodyTooLarge: boolean;
  /** When the request's head arrived, epoch ms. */
  arrivedAt: number;
}

const prefixes: [string, Service][] = [
  ['/ims/', 'ims'],
  ['/console/', 'io-management'],
  ['/outputs/', 'outputs'],
];

/** Which service a path belongs to; whatever is not another's is Firefly's. */
export const serviceOf = (path: string): Service =>
  prefixes.find(([prefix]) => path.startsWith(prefix))?.[1] ?? 'firefly';

/**
 * Reads a body into memory up to a limit in bytes; of a larger one the rest is drained unread, so that the client gets
 * its answer.
 */
export const readBody = async (
  message: IncomingMessage,
  limit: number,
): Promise<Pick<ReceivedRequest, 'body' | 'bodyTooLarge'>> => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= limit) chunks.push(chunk);
    else chunks.length = 0;
  }
  return { body: Buffer.concat(chunks), bodyTooLarge: bytes > limit };
};

/** The bearer token of a request, or undefined. */
export const bearerToken = (request: ReceivedRequest): string | undefined =>
  /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
