import * as z from 'zod';
import type { SimulatedInput } from '../service/definition.ts';

const urn = z.string().startsWith('urn:aaid:');

const kinds = ['url', 'creativeCloudPath', 'creativeCloudFileId', 'lightroomPath', 'content', 'source'] as const;
type Kind = (typeof kinds)[number];

const sourceOf = (...allowed: Kind[]) =>
  z
    .looseObject({
      url: z.string().optional(),
      creativeCloudPath: z.string().optional(),
      creativeCloudProjectId: urn.optional(),
      creativeCloudFileId: urn.optional(),
      lightroomPath: z.string().startsWith('/v2/').optional(),
      content: z.string().max(51_200).optional(),
      contentType: z.string().optional(),
    })
    .superRefine((source, context) => {
      const given = kinds.filter((kind) => source[kind] !== undefined);
      const [only] = given;
      if (given.length === 1 && only !== undefined && allowed.includes(only)) return;
      context.addIssue({ code: 'custom', message: `exactly one of ${allowed.join(', ')} is required` });
    });

/** A font, a brush or the like. */
export const portable = sourceOf('url', 'creativeCloudPath', 'creativeCloudFileId');

/** A file. */
export const file = sourceOf('url', 'creativeCloudPath', 'creativeCloudFileId', 'lightroomPath');

/** A script or an action. */
export const script = sourceOf('url', 'creativeCloudPath', 'creativeCloudFileId', 'lightroomPath', 'content');

/** A preset: the description has a file, a guide an object with a file. */
export const preset = sourceOf('url', 'creativeCloudPath', 'creativeCloudFileId', 'lightroomPath', 'source');

/** An object with a file. */
export const sourced = z.looseObject({ source: file });

/** What the operations that read images take; nothing else is looked at, as resources may be anything. */
const imageTypes = [
  ...['image/jpeg', 'image/png', 'image/webp', 'image/tiff', 'image/vnd.adobe.photoshop', 'image/x-adobe-dng'],
  ...['image/x-canon-cr2', 'image/x-canon-cr3', 'image/x-nikon-nef', 'image/x-sony-arw', 'image/x-fujifilm-raf'],
];

// Adobe: at most 5 GB a file.
const maxBytes = 5 * 1024 ** 3;

/** Every URL in a body that is fetched: all but those to which outputs go. */
export const findInputs = (value: unknown, path: (string | number)[] = []): SimulatedInput[] => {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => {
    if (name === 'destination') return [];
    const here = [...path, Array.isArray(value) ? Number(name) : name];
    if (name !== 'url' || typeof inner !== 'string') return findInputs(inner, here);
    const isImage = path.join('.') === 'image.source' || path[0] === 'images';
    return [{ path: here, url: inner, maxBytes, mediaTypes: isImage ? imageTypes : undefined }];
  });
};
