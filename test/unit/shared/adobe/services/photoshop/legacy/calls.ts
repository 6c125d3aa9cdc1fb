import { expect } from 'vitest';
import { checkRequest } from '#shared/adobe/services/check-request.ts';
import type { LegacyCall } from '#shared/adobe/services/photoshop/legacy/call.ts';
import { documentCalls } from '#shared/adobe/services/photoshop/legacy/documents.ts';
import { lightroomCalls } from '#shared/adobe/services/photoshop/legacy/lightroom.ts';

/** The ended call at a path. */
export const callAt = (path: string): LegacyCall => {
  const found = [...lightroomCalls, ...documentCalls].find((call) => call.path === path);
  if (found === undefined) throw new Error(`There is no call at ${path}.`);
  return found;
};

/** Where the texts of requests are kept. */
export const kept = 's3://gateway/uploads/local/text.rdf';

/** The request of the successor, as it is sent. */
export const translate = (path: string, body: unknown): unknown => {
  const call = callAt(path);
  return JSON.parse(JSON.stringify(call.translate(call.body().parse(body), () => kept).body));
};

/** A request becomes another one, which its operation takes. */
export const expectTranslation = (path: string, body: unknown, expected: unknown): void => {
  const translated = translate(path, body);
  expect(translated).toEqual(expected);
  expectTaken(path, translated);
};

/** A request of the successor is right, and knows no field that is not documented. */
export const expectTaken = (path: string, translated: unknown): void => {
  expect(checkRequest(callAt(path).successor, translated)).toEqual({ issues: [], warnings: [] });
};

/** A file that is read, as the ended calls name it. */
export const input = { href: 'https://files.example.com/in.jpg?signature=1', storage: 'external' };
/** A file that is written, as the ended calls name it. */
export const target = { href: 'https://files.example.com/out.jpg?signature=2', storage: 'external' };
/** The file that is read, as their successors name it. */
export const source = { source: { url: input.href } };
/** The file that is written, as their successors name it. */
export const destination = { url: target.href };
