import * as z from 'zod';
import { once } from '../../../once.ts';
import { jobOutputPattern, s3UrlPattern } from '../firefly/image-source.ts';
import { artworkTypes, fontTypes, type InputTypes, pictureTypes, rawTypes } from '../input-types.ts';

/**
 * Exactly one of the fields is there.
 *
 * @param names fields of the object, in the order in which the message names them
 */
export const exactlyOneOf = <Schema extends z.ZodObject>(schema: Schema, names: readonly string[]): Schema =>
  schema.refine((fields) => names.filter((name) => fields[name] !== undefined).length === 1, {
    error: `exactly one of ${names.join(', ')} is required`,
    // A wrong or unknown field must not hide that several or none are there.
    when: ({ value }) => typeof value === 'object' && value !== null,
  });

/** Whether a text is https without credentials, for one of the domains and what lies under it, or for any host if there are none. */
const isHttps = (text: string, domains?: readonly string[]): boolean => {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password, port } = new URL(text);
  if (protocol !== 'https:' || username !== '' || password !== '') return false;
  if (domains === undefined) return true;
  return port === '' && domains.some((domain) => hostname === domain || hostname.endsWith(`.${domain}`));
};

/**
 * The address of an input: what the gateway gives Adobe by a presigned URL, or what Adobe fetches itself.
 *
 * @param domains that Adobe fetches from; any if absent
 */
export const inputUrl = (domains?: readonly string[]) =>
  z.string().refine((text) => s3UrlPattern.test(text) || jobOutputPattern.test(text) || isHttps(text, domains), {
    error: `the URL must be s3://bucket/key, job:<jobId>/<n>, or https${domains === undefined ? '' : ` under one of ${domains.join(', ')}`}`,
  });

/** Where an output is to be put: https, at any host. */
export const outputUrl = once(() => z.string().refine((text) => isHttps(text), { error: 'the URL must be https' }));

const urn = once(() => z.string().regex(/^urn:aaid:/, { error: 'must begin with urn:aaid:' }));

const portable = once(() => ({
  url: inputUrl().optional(),
  creativeCloudPath: z.string().min(1).optional(),
  creativeCloudProjectId: urn().optional(),
  creativeCloudFileId: urn().optional(),
}));

const file = once(() => ({
  ...portable(),
  lightroomPath: z
    .string()
    .regex(/^\/v2\//, { error: 'must begin with /v2/' })
    .optional(),
}));

/** A file that Adobe reads. */
export const fileSource = once(() =>
  exactlyOneOf(z.strictObject(file()), ['url', 'creativeCloudPath', 'creativeCloudFileId', 'lightroomPath']).meta({
    id: 'PhotoshopFileSource',
  }),
);

/** A font, brush, pattern or other resource, which cannot be in Lightroom. */
export const portableSource = once(() =>
  exactlyOneOf(z.strictObject(portable()), ['url', 'creativeCloudPath', 'creativeCloudFileId']),
);

/** Fonts that a document needs, and what happens when one is missing. */
export const fontOptions = once(() =>
  z.strictObject({
    additionalFonts: z.array(z.strictObject({ source: portableSource().optional() })).optional(),
    defaultFontPostScriptName: z.string().optional(),
    missingFontStrategy: z.enum(['fail', 'use_default']).optional(),
  }),
);

/** A script or action, which may stand in the request itself. */
export const scriptSource = once(() =>
  exactlyOneOf(
    z.strictObject({
      ...file(),
      content: z.string().max(51_200).optional(),
      contentType: z.string().optional(),
    }),
    ['url', 'creativeCloudPath', 'creativeCloudFileId', 'lightroomPath', 'content'],
  ),
);

/** Presets are sources by Adobe's description, and objects with a source by its guide. */
export const presetSource = once(() =>
  exactlyOneOf(z.strictObject({ ...file(), source: fileSource().optional() }), [
    'source',
    'url',
    'creativeCloudPath',
    'creativeCloudFileId',
    'lightroomPath',
  ]),
);

/** An image that Adobe reads. */
export const fileImage = once(() => z.strictObject({ source: fileSource() }));

// Adobe: JPEG, PNG, WebP, TIFF, PSD, DNG and camera raw for edits; what other operations open is not printed.
const documents = [...pictureTypes, ...rawTypes, 'image/vnd.adobe.photoshop', 'image/heic', 'image/avif'];
const placed = [...documents, ...artworkTypes];

/** What Photoshop takes in each place of its requests. */
export const photoshopInputTypes: InputTypes = {
  image: documents,
  'image.iccProfile': ['application/vnd.iccprofile'],
  'images[]': documents,
  'edits.layers[]': placed,
  'edits.presets[]': ['application/rdf+xml', 'text/plain'],
  'edits.xmp': ['application/rdf+xml', 'text/plain'],
  'edits.xmp.masks[]': documents,
  'options.actions[]': ['application/x-photoshop-actions', 'application/json'],
  'options.uxp': ['text/javascript', 'application/zip'],
  'options.additionalContents[]': placed,
  'options.brushes[]': ['application/x-photoshop-brushes'],
  'options.patterns[]': ['application/x-photoshop-patterns'],
  'options.fontOptions': fontTypes,
  fontOptions: fontTypes,
  'outputs[]': ['application/vnd.iccprofile'],
};

const sharedFiles = ['creativeCloudPath', 'creativeCloudFileId', 'lightroomPath'];

/** What a caller should know whose request names files that are read with the rights of the gateway's credential. */
export const warnOfSharedFiles = (body: unknown): string[] =>
  namesSharedFile(body)
    ? ["Adobe reads files in Creative Cloud and Lightroom with the rights of the gateway's credential, not with yours."]
    : [];

const namesSharedFile = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  Object.entries(value).some(([name, inner]) => sharedFiles.includes(name) || namesSharedFile(inner));
