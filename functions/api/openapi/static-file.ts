import { createHash } from 'node:crypto';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import type { HttpResponse } from '../http/problem.ts';
import type { ApiRequest } from '../http/request.ts';

/** What is sent to everybody alike, and stays the same until the next deployment. */
export interface StaticFile {
  content: string;
  contentType: string;
  headers?: Readonly<Record<string, string>>;
}

// Clients look again after some minutes, which costs a 304 without a body.
const cacheControl = 'public, max-age=300';

const encoders = {
  br: (content: string) => brotliCompressSync(content).toString('base64'),
  gzip: (content: string) => gzipSync(content).toString('base64'),
} as const;

/**
 * Answers requests for a file: compressed if the client takes that, and without its content if the client has it (304). Content and
 * encodings are made when they are first asked for; what could not be made is made at the next request.
 *
 * @returns a function of the request
 */
export const createStaticFile = (
  makeFile: () => StaticFile,
): ((request: Pick<ApiRequest, 'header'>) => HttpResponse) => {
  let made: { file: StaticFile; etag: string } | undefined;
  const bodies = new Map<keyof typeof encoders, string>();
  const make = () => {
    const file = makeFile();
    return { file, etag: createHash('sha256').update(file.content).digest('base64url').slice(0, 22) };
  };
  return (request) => {
    made ??= make();
    const { file, etag } = made;
    const encoding = chooseEncoding(request.header('accept-encoding') ?? '');
    const headers = {
      ...file.headers,
      'cache-control': cacheControl,
      etag: `"${etag}${encoding === undefined ? '' : `-${encoding}`}"`,
      vary: 'accept-encoding',
      'x-content-type-options': 'nosniff',
    };
    if (hasCurrent(request.header('if-none-match') ?? '', etag)) return { statusCode: 304, headers, body: '' };
    const typed = { ...headers, 'content-type': file.contentType };
    if (encoding === undefined) return { statusCode: 200, headers: typed, body: file.content };
    const body = bodies.get(encoding) ?? encoders[encoding](file.content);
    bodies.set(encoding, body);
    const encoded = { ...typed, 'content-encoding': encoding };
    return { statusCode: 200, headers: encoded, body, isBase64Encoded: true };
  };
};

/** The first encoding of ours that the header (RFC 9110, 12.5.3) names and does not refuse with `q=0`. */
const chooseEncoding = (header: string): keyof typeof encoders | undefined => {
  const accepted = new Set(
    header
      .toLowerCase()
      .split(',')
      .map((entry) => entry.split(';').map((part) => part.trim()))
      .filter(([, weight]) => !/^q=0(\.0*)?$/.test(weight ?? ''))
      .map(([name]) => name),
  );
  return (['br', 'gzip'] as const).find((encoding) => accepted.has(encoding));
};

/** Whether a list of entity tags names the file in any encoding (RFC 9110, 13.1.2: a weak comparison). */
const hasCurrent = (header: string, etag: string): boolean =>
  header.trim() === '*' ||
  [...header.matchAll(/"([^"]*)"/g)].some(([, tag]) => tag?.replace(/-(br|gzip)$/, '') === etag);
