import { GatewayError } from '#shared/errors.ts';

/** What an image is and how large, by its own first bytes. */
export interface ImageHeader {
  kind: 'jpeg' | 'png' | 'webp';
  /** Pixels. */
  width: number;
  height: number;
}

/** The file is not what its first bytes say, or breaks off. */
export class UnreadableImageError extends GatewayError {
  constructor(message: string, cause?: unknown) {
    super('image_unreadable', message, { cause });
  }
}

/** Most segments, chunks or boxes of a file: programs write some dozens; readers of content credentials keep an object for each. */
export const maxParts = 20_000;

/**
 * Reads the size of an image before anything is decoded: a small file may claim to be an image of any size.
 *
 * @returns undefined for a file of another kind, whatever its name or declared type is
 * @throws {UnreadableImageError} for one that begins as an image and has no size
 */
export const readImageHeader = (file: Uint8Array): ImageHeader | undefined => {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  try {
    const header = readers.find(({ matches }) => matches(bytes))?.read(bytes);
    if (header !== undefined && (header.width === 0 || header.height === 0)) throw broken();
    return header;
  } catch (error) {
    // A number was read behind the end.
    if (error instanceof RangeError) throw broken(error);
    throw error;
  }
};

const broken = (cause?: unknown): UnreadableImageError =>
  new UnreadableImageError('The image breaks off before its size, or has none.', cause);

const jpegStart = Buffer.from([0xff, 0xd8]);
const pngStart = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

const readers: { matches: (bytes: Buffer) => boolean; read: (bytes: Buffer) => ImageHeader }[] = [
  { matches: (bytes) => bytes.subarray(0, 2).equals(jpegStart), read: (bytes) => readJpeg(bytes) },
  { matches: (bytes) => bytes.subarray(0, 8).equals(pngStart), read: (bytes) => readPng(bytes) },
  {
    matches: (bytes) => bytes.toString('latin1', 0, 4) === 'RIFF' && bytes.toString('latin1', 8, 12) === 'WEBP',
    read: (bytes) => readWebp(bytes),
  },
];

// Markers without a length (ITU T.81, B.1.1.3): TEM and the restarts.
const standsAlone = (marker: number): boolean => marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7);
// Beginnings of frames are C0 to CF but for the tables among them: DHT, JPG, DAC.
const beginsFrame = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
const beginsScan = 0xda;
const endsImage = 0xd9;

// A progressive image has some ten scans. Each may be of some dozens of bytes, and costs the time of decoding every pixel once more.
const maxScans = 64;

const readJpeg = (bytes: Buffer): ImageHeader => {
  let size: Omit<ImageHeader, 'kind'> | undefined;
  let at = 2;
  for (let parts = 0; parts < maxParts; parts += 1) {
    if (bytes.readUInt8(at) !== 0xff) throw broken();
    const marker = bytes.readUInt8(at + 1);
    // Fill bytes may stand before any marker.
    if (marker === 0xff) at += 1;
    else if (standsAlone(marker)) at += 2;
    else if (marker === beginsScan) {
      if (size === undefined) throw broken();
      if (countScans(bytes, at) > maxScans) throw tooManyParts();
      return { kind: 'jpeg', ...size };
    } else {
      if (beginsFrame(marker)) size ??= { height: bytes.readUInt16BE(at + 5), width: bytes.readUInt16BE(at + 7) };
      at += 2 + bytes.readUInt16BE(at + 2);
    }
  }
  throw tooManyParts();
};

/** Counts no further than matters; where the image breaks off or is garbled the count ends, as a decoder does. */
const countScans = (bytes: Buffer, firstScan: number): number => {
  let scans = 0;
  let at = firstScan;
  for (let parts = 0; parts < maxParts && scans <= maxScans && at + 4 <= bytes.length; parts += 1) {
    const marker = bytes[at + 1];
    if (bytes[at] !== 0xff || marker === endsImage) break;
    at += 2 + bytes.readUInt16BE(at + 2);
    if (marker !== beginsScan) continue;
    scans += 1;
    at = findMarker(bytes, at);
  }
  return scans;
};

/** Where the next marker stands in what is behind a scan's header: 0xff before a zero is a byte of the image. */
const findMarker = (bytes: Buffer, from: number): number => {
  let at = bytes.indexOf(0xff, from);
  while (at >= 0 && isWithinScan(bytes[at + 1])) at = bytes.indexOf(0xff, at + 1);
  return at < 0 ? bytes.length : at;
};

const isWithinScan = (next = 0): boolean => next === 0x00 || next === 0xff || standsAlone(next);

const tooManyParts = (): UnreadableImageError => new UnreadableImageError('The image has too many parts.');

const chunkOverhead = 12;

const readPng = (bytes: Buffer): ImageHeader => {
  if (bytes.toString('latin1', 12, 16) !== 'IHDR') throw broken();
  const header: ImageHeader = { kind: 'png', width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) };
  let at = pngStart.length;
  for (let parts = 0; at + chunkOverhead <= bytes.length; parts += 1) {
    if (parts >= maxParts) throw tooManyParts();
    at += chunkOverhead + bytes.readUInt32BE(at);
  }
  return header;
};

const readWebp = (bytes: Buffer): ImageHeader => {
  switch (bytes.toString('latin1', 12, 16)) {
    case 'VP8X':
      return { kind: 'webp', width: 1 + bytes.readUIntLE(24, 3), height: 1 + bytes.readUIntLE(27, 3) };
    case 'VP8 ':
      return { kind: 'webp', width: bytes.readUInt16LE(26) & 0x3fff, height: bytes.readUInt16LE(28) & 0x3fff };
    case 'VP8L': {
      const sizes = bytes.readUInt32LE(21);
      return { kind: 'webp', width: 1 + (sizes & 0x3fff), height: 1 + ((sizes >>> 14) & 0x3fff) };
    }
    default:
      throw broken();
  }
};
