import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { writeToStorage } from '#functions/generate/destination-storage.ts';

/** What each storage answers to a presigned write, by what its documentation refuses. */
const storages: Record<string, (request: IncomingMessage) => number> = {
  azure: ({ method, headers }) => {
    if (method !== 'PUT') return 405;
    return headers['x-ms-blob-type'] === 'BlockBlob' && headers['content-length'] !== undefined ? 201 : 400;
  },
  dropbox: ({ method, headers }) => {
    if (method !== 'POST') return 405;
    return headers['content-type'] === 'application/octet-stream' ? 200 : 400;
  },
  // A header that is not signed is taken by S3, unless it begins with x-amz.
  s3: ({ method, headers }) => {
    if (method !== 'PUT') return 403;
    return headers['content-length'] === undefined || headers['transfer-encoding'] !== undefined ? 501 : 200;
  },
};

const written: { body: string; headers: IncomingMessage['headers'] }[] = [];
const server = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  written.push({ body: Buffer.concat(chunks).toString(), headers: request.headers });
  const [, storage = ''] = (request.url ?? '').split(/[/?]/);
  response.writeHead(storages[storage]?.(request) ?? 404).end();
});
let port: number;
beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  ({ port } = server.address() as AddressInfo);
});
afterAll(() => server.close());

const sas = 'sv=2024-11-04&sr=b&sp=cw&se=2030-01-01&sig=c2ln';

it.each([
  ['acme.blob.core.windows.net', `/azure/container/out.png?${sas}`, 201],
  ['acme.blob.core.usgovcloudapi.net', '/azure/container/out.png?sig=1', 201],
  ['acme.z12.blob.storage.azure.net', `/azure/container/out.png?${sas}`, 201],
  ['files.acme.example', `/azure/container/out.png?${sas}`, 201],
  ['blob.core.windows.net.acme.example', '/azure/container/out.png', 400],
  ['content.dropboxapi.com', '/dropbox/apitul/1/link', 200],
  ['content.dropboxapi.com.acme.example', '/dropbox/apitul/1/link', 405],
  ['acme.s3.amazonaws.com', '/s3/out.png?X-Amz-Signature=1', 200],
])('writes to %s%s as it takes it', async (host, path, status) => {
  const answered = await writeToStorage(
    new URL(`http://${host}:${port}${path}`),
    Readable.from([Buffer.from('a pic'), Buffer.from('ture')]),
    { bytes: 9, contentType: 'image/png' },
    {
      allowsLoopback: true,
      lookup: (_, { all }, callback) =>
        all ? callback(null, [{ address: '127.0.0.1', family: 4 }]) : callback(null, '127.0.0.1', 4),
      signal: AbortSignal.timeout(60_000),
    },
  );
  expect(answered).toBe(status);
  const { body, headers } = written.at(-1) ?? {};
  expect(body).toBe('a picture');
  expect(headers).not.toHaveProperty('authorization');
});
