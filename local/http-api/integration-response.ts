import { validateHeaderName, validateHeaderValue } from 'node:http';
import * as z from 'zod';

/** An answer as it goes to the client. */
export interface ClientResponse {
  statusCode: number;
  headers: Record<string, string | string[]>;
  body: Buffer;
}

const headerValue = z.union([z.string(), z.number(), z.boolean()]).transform(String);

const responseSchema = z.object({
  statusCode: z.coerce.number().int().min(200).max(599),
  headers: z.record(z.string(), headerValue).nullish(),
  cookies: z.array(z.string()).nullish(),
  body: z.string().nullish(),
  isBase64Encoded: z.boolean().nullish(),
});

// Framing is the front's own business.
const droppedHeaders = new Set(['connection', 'content-length', 'keep-alive', 'transfer-encoding', 'upgrade']);

/**
 * Reads a function's result the way payload format 2.0 does: with a `statusCode` it is a response, without one it is
 * itself the JSON body of a 200.
 *
 * @throws {Error} when it is a response that cannot be sent, which API Gateway answers with a 500
 */
export const readIntegrationResponse = (result: unknown): ClientResponse => {
  const isResponse = typeof result === 'object' && result !== null && 'statusCode' in result;
  if (!isResponse) return inferredResponse(result);
  const { statusCode, headers, cookies, body, isBase64Encoded } = responseSchema.parse(result);
  const sent: ClientResponse['headers'] = {};
  for (const [name, value] of Object.entries(headers ?? {})) {
    validateHeaderName(name);
    validateHeaderValue(name, value);
    if (!droppedHeaders.has(name.toLowerCase())) sent[name.toLowerCase()] = value;
  }
  for (const cookie of cookies ?? []) validateHeaderValue('set-cookie', cookie);
  if (cookies?.length) sent['set-cookie'] = cookies;
  const bytes = Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8');
  if (bytes.length > 0) sent['content-type'] ??= 'text/plain;charset=utf-8';
  return { statusCode, headers: sent, body: bytes };
};

const inferredResponse = (result: unknown): ClientResponse => ({
  statusCode: 200,
  headers: { 'content-type': 'application/json' },
  body: Buffer.from(typeof result === 'string' ? result : (JSON.stringify(result) ?? '')),
});
