import { parse } from 'content-type';
import otherTypes from 'mime/types/other.js';
import standardTypes from 'mime/types/standard.js';
import { once } from './once.ts';

// What Adobe makes and takes beside registered types.
const adobeTypes = {
  'application/eps': ['eps'],
  'application/illustrator': ['ai'],
  'application/mspowerpoint': ['ppt'],
  'application/rdf+xml': ['xmp'],
  'application/vnd.adobe.indesign-idml-package': ['idml'],
  'application/x-indesign': ['indd'],
  'application/x-photoshop-actions': ['atn'],
  'application/x-photoshop-brushes': ['abr'],
  'application/x-photoshop-patterns': ['pat'],
  'application/x-subrip': ['srt'],
  'application/x-substance-archive': ['sbsar'],
  'audio/aac': ['aac'],
  'audio/x-m4a': ['m4a'],
  'image/jpg': ['jpg'],
  'image/vnd.radiance': ['hdr'],
  'image/x-adobe-dng': ['dng'],
  'image/x-canon-cr2': ['cr2'],
  'image/x-canon-cr3': ['cr3'],
  'image/x-exr': ['exr'],
  'image/x-fujifilm-raf': ['raf'],
  'image/x-nikon-nef': ['nef'],
  'image/x-olympus-orf': ['orf'],
  'image/x-panasonic-rw2': ['rw2'],
  'image/x-sony-arw': ['arw'],
  'model/vnd.autodesk.fbx': ['fbx'],
  'model/vnd.usda': ['usda'],
  'model/vnd.usdz+zip': ['usdz'],
  'text/pdf': ['pdf'],
  'video/mov': ['mov'],
  'video/quicktime': ['mov', 'qt'],
};

// `mime` itself builds its own tables when it is loaded.
const extensions = once(
  () =>
    new Map(
      Object.entries<readonly string[]>({ ...standardTypes, ...otherTypes, ...adobeTypes }).map(
        ([type, [first = '']]) => [
          type,
          // An asterisk marks an extension that belongs to another type.
          first.replace(/^\*/, ''),
        ],
      ),
    ),
);

const findExtension = (mediaType: string): string | undefined =>
  extensions().get(mediaType.split(';')[0]?.trim().toLowerCase() ?? '');

/** The media type in a `Content-Type`, without parameters, in lower case; `application/octet-stream` if there is none. */
export const parseMediaType = (contentType: string | null | undefined): string =>
  parse(contentType ?? '', { parameters: false }).type.toLowerCase() || 'application/octet-stream';

/** The usual extension of files of a media type, without a dot; `bin` if there is none. */
export const getExtension = (mediaType: string): string => findExtension(mediaType) ?? 'bin';

/**
 * The media type under which a file of another host's is kept: its own, if that is a registered one, and else
 * `application/octet-stream`.
 */
export const toStoredType = (mediaType: string): string =>
  findExtension(mediaType) === undefined ? 'application/octet-stream' : mediaType;

/**
 * Whether a browser only shows files of a type; what it might run (HTML, XML with its style sheets, SVG, scripts) or does not know it
 * should save instead.
 */
export const isSafeToShow = (mediaType: string): boolean =>
  (/^(image|video|audio)\/[^+]+$/.test(mediaType) && mediaType !== 'image/svg') ||
  ['application/json', 'application/pdf', 'text/plain', 'text/csv'].includes(mediaType);

/** How many bytes of the beginning of a file {@link detectMediaType} wants to see. */
export const detectionBytes = 4_100;

/**
 * What a file is by its first bytes; file names and declared types are often wrong.
 *
 * @returns undefined if they tell nothing
 */
export const detectMediaType = async (head: Uint8Array): Promise<string | undefined> => {
  const { fileTypeFromBuffer } = await import('file-type');
  const type = (await fileTypeFromBuffer(head))?.mime;
  // An animated PNG is a PNG to every reader.
  return type === 'image/apng' ? 'image/png' : type;
};
