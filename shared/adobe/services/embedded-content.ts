import type { EmbeddedContent } from './outputs.ts';

/** How bytes are written into a body (Adobe: `embedded`). */
export type EmbeddedEncoding = 'string' | 'base64' | 'json';

const defaultTypes: Record<EmbeddedEncoding, string> = {
  string: 'text/plain',
  base64: 'application/octet-stream',
  json: 'application/json',
};

/** The bytes of what a body holds; undefined if it is not written in this way. */
export const decodeEmbedded = (
  value: unknown,
  encoding: EmbeddedEncoding,
  contentType: string = defaultTypes[encoding],
): EmbeddedContent | undefined => {
  if (encoding === 'json') return { content: toBytes(JSON.stringify(value)), contentType };
  if (typeof value !== 'string') return undefined;
  if (encoding === 'string') return { content: toBytes(value), contentType };
  return base64.test(value) ? { content: new Uint8Array(Buffer.from(value, 'base64')), contentType } : undefined;
};

/** What a body holds for these bytes. */
export const encodeEmbedded = (content: Uint8Array, encoding: EmbeddedEncoding): unknown => {
  const text = () => new TextDecoder('utf-8', { ignoreBOM: true }).decode(content);
  if (encoding === 'json') return JSON.parse(text());
  return encoding === 'string' ? text() : Buffer.from(content).toString('base64');
};

const base64 = /^[A-Za-z0-9+/]*={0,2}$/;

const toBytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);
