import { randomUUID } from 'node:crypto';

/** A request that S3 refuses; `code` is what clients show as the error's name. */
export class S3Refusal extends Error {
  override readonly name = 'S3Refusal';
  readonly statusCode: number;
  readonly code: string;

  constructor(statusCode: number, code: string, message: string) {
    super(message);
    this.statusCode = statusCode;
    this.code = code;
  }
}

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };

/** Text as the content of an XML element. */
export const escapeXml = (text: string): string => text.replace(/[&<>"']/g, (character) => escapes[character] ?? '');

/** The body with which S3 answers a refused request. */
export const refusalXml = (refusal: Pick<S3Refusal, 'code' | 'message'>): string =>
  [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<Error><Code>${refusal.code}</Code><Message>${escapeXml(refusal.message)}</Message>`,
    `<RequestId>${randomUUID()}</RequestId><HostId>local</HostId></Error>`,
  ].join('\n');
