import { BMFF } from '@trustnxt/c2pa-ts/asset';
import { maxParts, UnreadableImageError } from './image-header.ts';

// The library reads no file without a brand of HEIF, though all that it looks at is the same in MP4 (ISO 14496-12).
const readableBrand = 'mif1';
const brandStart = 8;

/** Boxes that hold media or bytes of no meaning: the library makes nothing of what is in them. */
const skippedTypes = ['mdat', 'free', 'skip', 'wide', 'uuid'];

// Of all other boxes, for which the library makes an object for each 8 bytes: those of a film of an hour have less.
const maxStructureBytes = 4 * 1024 * 1024;

type Box = ReturnType<BMFF['getTopLevelBoxes']>[number];

const isManifestBox = ({ userType }: { userType?: Uint8Array | undefined }): boolean =>
  userType !== undefined && Buffer.from(BMFF.c2paBoxUserType).equals(userType);

/** An MP4 or another ISO base media file, such as MOV, HEIC or AVIF, as the library of content credentials looks at files. */
export class IsoMediaAsset extends BMFF {
  constructor(file: Uint8Array) {
    const readable = new Uint8Array(file);
    readable.set(Buffer.from(readableBrand), brandStart);
    super(readable);
    // What is hashed is the file itself.
    this.data = file;
  }

  /** The library finds no box where others of its type are beside it, such as the one with XMP beside that of the manifests. */
  override getBoxByPath(path: string): Box | undefined {
    return path === '/uuid' ? this.getTopLevelBoxes().find(isManifestBox) : super.getBoxByPath(path);
  }
}

/**
 * Whether there is a box with content credentials, found without the library: most files have none, and need not be read further.
 *
 * @throws {UnreadableImageError} for a file that breaks off, or whose structure is too large to be read
 */
export const hasManifestBox = (file: Uint8Array): boolean => {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  let structureBytes = 0;
  let isFound = false;
  let at = 0;
  for (let parts = 0; at < bytes.length; parts += 1) {
    const { type, headerBytes, size } = readBox(bytes, at);
    if (!skippedTypes.includes(type)) structureBytes += size;
    if (parts >= maxParts || structureBytes > maxStructureBytes) {
      throw new UnreadableImageError('The structure of the file is too large.');
    }
    const contentStart = at + headerBytes;
    isFound ||= type === 'uuid' && isManifestBox({ userType: bytes.subarray(contentStart, contentStart + 16) });
    at += size;
  }
  return isFound;
};

const readBox = (bytes: Buffer, at: number): { type: string; headerBytes: number; size: number } => {
  if (at + 8 > bytes.length) throw broken();
  const type = bytes.toString('latin1', at + 4, at + 8);
  const short = bytes.readUInt32BE(at);
  if (short === 0) return { type, headerBytes: 8, size: bytes.length - at };
  const isLong = short === 1;
  if (isLong && at + 16 > bytes.length) throw broken();
  const size = isLong ? Number(bytes.readBigUInt64BE(at + 8)) : short;
  const headerBytes = isLong ? 16 : 8;
  if (size < headerBytes || at + size > bytes.length) throw broken();
  return { type, headerBytes, size };
};

const broken = (): UnreadableImageError => new UnreadableImageError('The file breaks off.');
