/** Media types of the images that Adobe's storage takes (Adobe: `POST /v2/storage/image`), with the extension of their files. */
export const imageTypes = {
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'image/webp': 'webp',
  'image/tiff': 'tif',
  'image/jxl': 'jxl',
} as const;

/** One of the media types of {@link imageTypes}. */
export type ImageType = keyof typeof imageTypes;

/** Whether Adobe's storage takes files of a media type. */
export const isImageType = (type: string): type is ImageType => Object.hasOwn(imageTypes, type);

/** How many bytes of a file {@link imageTypeOf} wants to see. */
export const signatureBytes = 12;

const signatures: { type: ImageType; at: number; bytes: number[] }[] = [
  { type: 'image/jpeg', at: 0, bytes: [0xff, 0xd8, 0xff] },
  { type: 'image/png', at: 0, bytes: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a] },
  // RIFF, four bytes of length, WEBP.
  { type: 'image/webp', at: 8, bytes: [0x57, 0x45, 0x42, 0x50] },
  { type: 'image/tiff', at: 0, bytes: [0x49, 0x49, 0x2a, 0x00] },
  { type: 'image/tiff', at: 0, bytes: [0x4d, 0x4d, 0x00, 0x2a] },
  // BigTIFF.
  { type: 'image/tiff', at: 0, bytes: [0x49, 0x49, 0x2b, 0x00] },
  { type: 'image/tiff', at: 0, bytes: [0x4d, 0x4d, 0x00, 0x2b] },
  { type: 'image/jxl', at: 0, bytes: [0xff, 0x0a] },
  // JPEG XL in a container: a box of 12 bytes named "JXL ".
  { type: 'image/jxl', at: 0, bytes: [0x00, 0x00, 0x00, 0x0c, 0x4a, 0x58, 0x4c, 0x20] },
];

/**
 * What a file is by its first bytes; file names and declared types are often wrong.
 *
 * @returns undefined if it is no image that Adobe's storage takes
 */
export const imageTypeOf = (head: Uint8Array): ImageType | undefined =>
  signatures.find(({ at, bytes }) => bytes.every((byte, index) => head[at + index] === byte))?.type;
