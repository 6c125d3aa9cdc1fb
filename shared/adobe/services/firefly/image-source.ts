import * as z from 'zod';

/** Adobe fetches input images of the v3 image operations only from these domains and what lies under them. */
const objectStores = ['amazonaws.com', 'windows.net', 'dropboxusercontent.com', 'storage.googleapis.com'];

/** Domains from which Adobe takes input images, by kind of operation (Adobe: usage notes). */
export const inputDomains = {
  v3: objectStores,
  v4: [...objectStores, 'frontdoor.prod.azure.cxp.adobe.com'],
  compositesAndVideo: [...objectStores, 'assets.frame.io', 'adobe.io'],
} as const;

type Domains = readonly string[];

/** An object in S3 that the gateway brings to Adobe: `s3://bucket/key`. */
export const s3UrlPattern = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])\/(.{1,1024})$/su;

/** An output of an earlier job: `job:<jobId>/<n>`. */
export const jobOutputPattern = /^job:([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\/(\d{1,3})$/;

const isAllowed = (text: string, domains: Domains): boolean => {
  if (s3UrlPattern.test(text) || jobOutputPattern.test(text)) return true;
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password, port } = new URL(text);
  return (
    protocol === 'https:' &&
    port === '' &&
    username === '' &&
    password === '' &&
    domains.some((domain) => hostname === domain || hostname.endsWith(`.${domain}`))
  );
};

/** The source of an image that Adobe reads: exactly one of an upload and a URL. */
export const sourceFrom = (allowed: Domains) =>
  z
    .strictObject({
      /** Id of an image uploaded to Adobe's storage. */
      uploadId: z.guid({ error: 'value is not a valid uuid' }).optional(),
      /** Presigned GET of at most 2083 characters (Adobe), or what the gateway brings there itself. */
      url: z
        .string()
        .min(1)
        .max(2083)
        .refine((value) => isAllowed(value, allowed), {
          error: `the URL must be s3://bucket/key, job:<jobId>/<n>, or https under one of ${allowed.join(', ')}`,
        })
        .optional(),
    })
    .refine((value) => (value.uploadId === undefined) !== (value.url === undefined), {
      error: 'exactly one of uploadId and url is required',
      // A wrong uploadId or an unknown field must not hide that both or none are there.
      when: ({ value }) => typeof value === 'object' && value !== null,
    });

/** An image that Adobe reads. */
export const imageFrom = (allowed: Domains) => z.strictObject({ source: sourceFrom(allowed) });

/** An image into which Adobe once took the mask as well; it belongs beside the image now (Adobe: deprecated). */
export const imageWithMaskFrom = (allowed: Domains) =>
  z.strictObject({ source: sourceFrom(allowed), mask: sourceFrom(allowed).meta({ deprecated: true }).optional() });

/** White areas of a mask are changed, black ones kept; `invert` swaps them (Adobe). */
export const maskFrom = (allowed: Domains) =>
  z.strictObject({ source: sourceFrom(allowed), invert: z.boolean().optional() });
