import * as z from 'zod';
import { text } from './fields.ts';

// Adobe takes input images from these hosts and their subdomains only.
const objectStores = ['amazonaws.com', 'windows.net', 'dropboxusercontent.com', 'storage.googleapis.com'];

/** The hosts by kind of operation. */
export const hosts = {
  v3: objectStores,
  v4: [...objectStores, 'frontdoor.prod.azure.cxp.adobe.com'],
  compositesAndVideo: [...objectStores, 'assets.frame.io', 'adobe.io'],
};

const fromHosts =
  (allowed: readonly string[]) =>
  (value: string): boolean => {
    const host = URL.canParse(value) ? new URL(value).hostname : '';
    return allowed.some((domain) => host === domain || host.endsWith(`.${domain}`));
  };

/** Exactly one of an upload and a URL. */
export const sourceFrom = (allowed: readonly string[]) =>
  z
    .object({
      uploadId: z.uuid().optional(),
      url: text(1, 2083).refine(fromHosts(allowed), 'the URL is not from an allowed domain').optional(),
    })
    .refine(
      ({ uploadId, url }) => (uploadId === undefined) !== (url === undefined),
      'exactly one of uploadId and url is required',
    );

/** An image by its source. */
export const imageFrom = (allowed: readonly string[]) => z.object({ source: sourceFrom(allowed) });

/** A text in a body, with the path to it. */
interface Located {
  path: (string | number)[];
  text: string;
}

const textsNamed = (name: string, value: unknown, path: (string | number)[] = []): Located[] => {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const here = [...path, Array.isArray(value) ? Number(key) : key];
    return key === name && typeof inner === 'string' ? [{ path: here, text: inner }] : textsNamed(name, inner, here);
  });
};

/** Every `uploadId` in a body. */
export const uploadIdsIn = (body: unknown): Located[] => textsNamed('uploadId', body);

/** Every `url` in a body. */
export const sourceUrlsIn = (body: unknown): Located[] => textsNamed('url', body);
