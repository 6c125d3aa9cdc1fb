import * as z from 'zod';

/** Adobe fetches input images of the v3 operations only from these domains and what lies under them. */
export const inputImageDomains = [
  'amazonaws.com',
  'windows.net',
  'dropboxusercontent.com',
  'storage.googleapis.com',
] as const;

const isAllowed = (text: string): boolean => {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, port, username } = new URL(text);
  return (
    protocol === 'https:' &&
    port === '' &&
    username === '' &&
    inputImageDomains.some((domain) => hostname === domain || hostname.endsWith(`.${domain}`))
  );
};

const source = z
  .strictObject({
    /** Id of an image uploaded to Adobe's storage. */
    uploadId: z.guid({ error: 'value is not a valid uuid' }).optional(),
    /** Presigned GET; S3 URLs signed with temporary credentials can pass Adobe's limit of 2083 characters. */
    url: z
      .string()
      .min(1)
      .max(2083)
      .refine(isAllowed, { error: `the URL must be https, under one of ${inputImageDomains.join(', ')}` })
      .optional(),
  })
  .refine((value) => (value.uploadId === undefined) !== (value.url === undefined), {
    error: 'exactly one of uploadId and url is required',
    // A wrong uploadId or an unknown field must not hide that both or none are there.
    when: ({ value }) => typeof value === 'object' && value !== null,
  });

/** An image that Adobe reads: exactly one of an upload and a URL. */
export const imageReference = z.strictObject({ source });
