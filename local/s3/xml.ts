import { randomUUID } from 'node:crypto';

export const xmlType = 'application/xml';

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };

/** Writes a text so that it stands for itself in XML. */
export const escapeXml = (text: string): string => text.replace(/[&<>"']/g, (character) => escapes[character] ?? '');

/** The body with which S3 answers a refused request. */
export const errorXml = ({ code, message }: { code: string; message: string }): string =>
  [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<Error><Code>${code}</Code>`,
    `<Message>${escapeXml(message)}</Message>`,
    `<RequestId>${randomUUID()}</RequestId><HostId>local</HostId></Error>`,
  ].join('\n');
