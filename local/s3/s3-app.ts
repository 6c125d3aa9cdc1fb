import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { crc32 } from 'node:zlib';
import { buildApp } from 'fauxqs';
import type { Authorizer } from '../iam/authorizer.ts';
import { ServiceError } from '../service-error.ts';
import { createS3Access } from './access.ts';
import { authenticate, type KnownKeys } from './authentication.ts';
import { checkWriteCondition, createWriteLocks, isConditional } from './conditional-writes.ts';
import { checkChecksum, playSize } from './object-claims.ts';
import type { ObjectCreated } from './object-created.ts';
import { checkObjectLimits } from './object-limits.ts';
import { checkPolicy, readForm } from './post-policy.ts';
import type { ObjectStorage } from './storage/object-storage.ts';
import { objectListQuery, subresourceOf, versionsXml } from './subresources.ts';
import { createVersioning } from './versioning.ts';
import { errorXml, xmlType } from './xml.ts';

export interface S3AppOptions {
  keys: KnownKeys;
  /** Keys for which `onObjectCreated` is called begin with one of these. */
  eventPrefixes: readonly string[];
  onObjectCreated: (event: ObjectCreated) => void;
  /** Decides on what each key may do; without it, everything. The first of the keys must be allowed everything. */
  authorizer?: Authorizer | undefined;
  /** Keeps the objects, and announces them itself; without it they are kept in memory. */
  storage?: ObjectStorage | undefined;
}

/** Bodies from this size on are not kept in memory while they come in, if there is a storage. */
const largeBytes = 1024 * 1024;

/** Headers with which the app may ask itself, as any request with one of its keys may. */
export const signAs = (keys: KnownKeys): { authorization: string } => ({
  authorization: `AWS4-HMAC-SHA256 Credential=${Object.keys(keys)[0]}/19700101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0`,
});

const invalidUri = new ServiceError('InvalidURI', "Couldn't parse the specified URI.");

const isDecodable = (url: string): boolean => {
  try {
    decodeURIComponent(url.split('?')[0] ?? '');
    return true;
  } catch (cause) {
    if (cause instanceof URIError) return false;
    throw cause;
  }
};

const keyOf = (params: unknown): string => {
  const key = (params as { '*'?: string } | undefined)?.['*'];
  return key ?? '';
};

const reasonOf = (
  method: string,
  query: Readonly<Record<string, unknown>>,
  headers: Readonly<Record<string, unknown>>,
): ObjectCreated['reason'] | undefined => {
  if (method === 'POST') return 'uploadId' in query ? 'CompleteMultipartUpload' : undefined;
  if (method !== 'PUT' || 'uploadId' in query) return undefined;
  return 'x-amz-copy-source' in headers ? 'CopyObject' : 'PutObject';
};

interface RequestHead {
  method: string;
  headers: IncomingHttpHeaders;
}

const isForm = ({ method, headers }: RequestHead): boolean =>
  method === 'POST' && /^multipart\/form-data\b/i.test(headers['content-type'] ?? '');

/**
 * The S3 side of fauxqs with what it lacks: signatures are demanded, presigned URLs and forms verified, bodies may be as large as
 * memory allows, writes may have conditions, stored objects are announced, versions are listed, and what it would misunderstand is
 * refused.
 */
export const buildS3App = async (options: S3AppOptions): Promise<ReturnType<typeof buildApp>> => {
  const { storage } = options;
  const app = buildApp({ logger: false, stores: storage?.stores });
  const access = createS3Access(options.authorizer);
  const versioning = createVersioning();
  const isAnnounced = (key: string): boolean => options.eventPrefixes.some((prefix) => key.startsWith(prefix));
  const head = ({ bucket }: { bucket: string }, key: string) => {
    const path = `/${bucket}/${key.split('/').map(encodeURIComponent).join('/')}`;
    return app.inject({ method: 'HEAD', url: path, headers: signAs(options.keys) });
  };

  // Its own parsers stop at 11 MiB and take forms and JSON 1.0 apart, which to S3 are bytes like any others.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (request: RequestHead, payload: IncomingMessage) => {
    const { method, headers } = request;
    const isLarge = method === 'PUT' && Number(headers['content-length']) >= largeBytes;
    const isFramed = headers['content-encoding']?.includes('aws-chunked') ?? false;
    return storage && isLarge && !isFramed ? storage.receive(payload) : buffer(payload);
  });

  app.setErrorHandler((error, _request, reply) => {
    if (error instanceof ServiceError) return reply.status(error.status).type(xmlType).send(errorXml(error));
    console.error(error);
    const internal = { code: 'InternalError', message: 'We encountered an internal error. Please try again.' };
    return reply.status(500).type(xmlType).send(errorXml(internal));
  });

  app.setNotFoundHandler((_request, reply) => {
    const refusal = new ServiceError(
      'MethodNotAllowed',
      'The specified method is not allowed against this resource.',
      405,
    );
    return reply.status(refusal.status).type(xmlType).send(errorXml(refusal));
  });

  app.addHook('onRequest', async ({ headers: { origin } }, reply) => {
    // The guard in front lets in the pages that the bucket's CORS rules name, and no others.
    if (origin !== undefined) reply.headers({ 'access-control-allow-origin': origin, vary: 'origin' });
  });
  app.addHook('onRequest', async (request, reply) => {
    const { method, originalUrl: url, headers } = request;
    // A form carries its signature in the body.
    if (!isForm(request)) authenticate({ method, url, headers }, options.keys, Date.now());
    const path = url.split('?')[0] ?? '';
    // The other services of fauxqs.
    if ((method === 'POST' && path === '/') || path.startsWith('/_fauxqs')) {
      throw new ServiceError('MethodNotAllowed', 'The specified method is not allowed against this resource.', 405);
    }
    if (isForm(request)) return;
    checkObjectLimits(keyOf(request.params), headers);
    access.check(request);
    const query = request.query as Record<string, unknown>;
    const subresource = subresourceOf(method, keyOf(request.params), query);
    if (subresource.kind === 'answer') return reply.type(xmlType).send(subresource.xml);
    if (subresource.kind === 'versions') {
      const { bucket } = request.params as { bucket: string };
      const list = await app.inject({
        url: `/${bucket}`,
        query: objectListQuery(query),
        headers: signAs(options.keys),
      });
      return reply.status(list.statusCode).type(xmlType).send(versionsXml(list.body));
    }
  });

  app.addHook('preHandler', async (request, reply) => {
    // Without a body there is no parser to make the empty one.
    request.body ??= Buffer.alloc(0);
    if (request.method === 'PUT') {
      const body = request.body as Buffer;
      checkChecksum(request.query as Record<string, unknown>, () => storage?.received(body)?.crc32 ?? crc32(body));
    }
    if (versioning.change(request)) return reply.send('');
    access.filterDeletes(request);
    if (!isForm(request)) return;
    const { bucket } = request.params as { bucket: string };
    const form = await readForm(request.body as Buffer, request.headers['content-type'] ?? '');
    checkPolicy(bucket, form, options.keys, Date.now());
    access.checkForm(bucket, form);
  });

  const locks = createWriteLocks();
  const held = new WeakMap<object, () => void>();
  app.addHook('preHandler', async (request) => {
    const key = keyOf(request.params);
    if (!isConditional(request.method, key, request.headers)) return;
    held.set(request, await locks.hold(key));
    const { statusCode, headers } = await head(request.params as { bucket: string }, key);
    checkWriteCondition(request.headers, statusCode === 200 ? String(headers.etag) : undefined);
  });
  app.addHook('onResponse', async (request) => {
    held.get(request)?.();
  });

  // Not asynchronous: a handler of fauxqs that returns before its answer is on the way would answer twice.
  app.addHook('onSend', (request, reply, payload, done) => done(null, access.completeAnswer(request, reply, payload)));
  app.addHook('onSend', (request, reply, payload, done) => {
    const { origin } = request.headers;
    reply.headers(playSize(reply.getHeaders()));
    versioning.nameVersion(request, reply);
    // As the CORS rules of the bucket have it; requests of other pages than those do not come this far.
    if (origin !== undefined) reply.headers({ 'access-control-allow-origin': origin, vary: 'Origin' });
    const stream = storage?.send(payload);
    if (stream === undefined) return done();
    // The handlers of fauxqs return before a stream has begun, and fastify would then send an empty answer instead.
    reply.hijack();
    for (const [name, value] of Object.entries(reply.getHeaders())) {
      if (value !== undefined) reply.raw.setHeader(name, value);
    }
    reply.raw.writeHead(reply.statusCode);
    pipeline(stream, reply.raw, (error) => {
      // A client may go away at any time.
      if (error && error.code !== 'ERR_STREAM_PREMATURE_CLOSE') console.error(error);
    });
  });

  app.addHook('onResponse', async (request, reply) => {
    if (storage !== undefined) return storage.discard(request.body);
    const key = keyOf(request.params);
    const reason = reasonOf(request.method, request.query as Record<string, unknown>, request.headers);
    if (reply.statusCode !== 200 || !reason || key === '' || !isAnnounced(key)) return;
    const { bucket } = request.params as { bucket: string };
    const { statusCode, headers } = await head({ bucket }, key);
    // Already deleted again.
    if (statusCode !== 200) return;
    const etag = String(headers.etag).replaceAll('"', '');
    options.onObjectCreated({ bucket, key, size: Number(headers['content-length']), etag, reason });
  });

  await app.ready();
  answerBadUrls(app.server);
  return app;
};

// The router answers these itself, before any hook and not as S3 does.
const answerBadUrls = (server: ReturnType<typeof buildApp>['server']): void => {
  const serve = server.listeners('request');
  server.removeAllListeners('request');
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    if (isDecodable(request.url ?? '/')) {
      for (const listener of serve) listener.call(server, request, response);
    } else {
      request.resume();
      response.writeHead(invalidUri.status, { 'content-type': xmlType }).end(errorXml(invalidUri));
    }
  });
};
