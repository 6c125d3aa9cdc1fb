import { webcrypto } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { X509CertificateGenerator } from '@peculiar/x509';
import { expect, it } from 'vitest';
import { callOnce } from '#shared/adobe/http/call.ts';
import { testToken } from '#test/fixtures/access-token.ts';

const day = 86_400_000;

/** A server whose certificate nobody has signed but itself. */
const startSelfSigned = async (notAfter: number) => {
  const curve = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = await webcrypto.subtle.generateKey(curve, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned(
    { keys, name: 'CN=firefly.test', signingAlgorithm: curve, notBefore: new Date(0), notAfter: new Date(notAfter) },
    webcrypto,
  );
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
  const seen: string[] = [];
  const server = createServer(
    { cert: certificate.toString('pem'), key: `-----BEGIN PRIVATE KEY-----\n${pkcs8}\n-----END PRIVATE KEY-----` },
    (request, response) => {
      seen.push(String(request.url));
      response.end();
    },
  ).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { seen, server, url: `https://127.0.0.1:${(server.address() as AddressInfo).port}/what` };
};

it.each([
  ['that nobody vouches for', Date.now() + day],
  ['that has expired', Date.now() - day],
])('a request to a server with a certificate %s is not sent', async (_, notAfter) => {
  const { seen, server, url } = await startSelfSigned(notAfter);
  const outcome = await callOnce({ method: 'POST', url, body: '{}', timeoutMs: 60_000 }, testToken('first'), Date.now);
  expect(outcome).toEqual({ kind: 'not_sent', reason: 'The connection to Adobe failed.' });
  expect(seen).toEqual([]);
  server.close();
});
