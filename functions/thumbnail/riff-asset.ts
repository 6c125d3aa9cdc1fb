import type { Asset } from '@trustnxt/c2pa-ts/asset';
import { maxParts, UnreadableImageError } from './image-header.ts';

// Of the file: `RIFF`, length, form. Of a chunk: name, length.
const fileHeaderBytes = 12;
const chunkHeaderBytes = 8;
const manifestChunk = 'C2PA';

interface Chunk {
  name: string;
  /** Where it begins, with its header and without the byte that makes it even. */
  start: number;
  length: number;
}

/**
 * A WebP, WAV or AVI as the library of content credentials looks at files, which knows none of them itself: they have the manifests in a
 * chunk of their own (C2PA 2.1, A.3.7).
 */
export class RiffAsset implements Asset {
  readonly mimeType = 'image/webp';
  private manifest: Chunk | undefined;
  private data: Uint8Array;

  /** @throws {UnreadableImageError} for a file that breaks off, or has several such chunks or far too many of others */
  constructor(data: Uint8Array) {
    this.data = data;
    this.manifest = findManifest(data);
  }

  getDataLength(): number {
    return this.data.length;
  }

  async getDataRange(start = 0, length = this.data.length - start): Promise<Uint8Array> {
    return this.data.subarray(start, start + length);
  }

  getManifestJUMBF(): Uint8Array | undefined {
    return (
      this.manifest &&
      this.data.subarray(this.manifest.start + chunkHeaderBytes, this.manifest.start + this.manifest.length)
    );
  }

  dumpInfo(): string {
    return `RIFF file with ${this.manifest === undefined ? 'no' : 'a'} manifest`;
  }

  /** A new manifest is the last chunk; one that is there already must have the length. */
  async ensureManifestSpace(length: number): Promise<void> {
    if (this.manifest !== undefined) return;
    const chunk = Buffer.alloc(chunkHeaderBytes + length + (length % 2));
    chunk.write(manifestChunk, 0, 'latin1');
    chunk.writeUInt32LE(length, 4);
    const file = Buffer.concat([this.data, chunk]);
    file.writeUInt32LE(file.length - chunkHeaderBytes, 4);
    this.manifest = { name: manifestChunk, start: this.data.length, length: chunkHeaderBytes + length };
    this.data = new Uint8Array(file);
  }

  getHashExclusionRange(): { start: number; length: number } {
    const { start, length } = this.getSpace();
    return { start, length };
  }

  async writeManifestJUMBF(jumbf: Uint8Array): Promise<void> {
    const { start, length } = this.getSpace();
    if (length !== chunkHeaderBytes + jumbf.length) throw new UnreadableImageError('The manifest does not fit.');
    this.data.set(jumbf, start + chunkHeaderBytes);
  }

  private getSpace(): Chunk {
    if (this.manifest === undefined) throw new UnreadableImageError('There is no space for a manifest.');
    return this.manifest;
  }
}

const findManifest = (data: Uint8Array): Chunk | undefined => {
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  const end = Math.min(bytes.length, chunkHeaderBytes + bytes.readUInt32LE(4));
  let found: Chunk | undefined;
  let at = fileHeaderBytes;
  for (let parts = 0; at + chunkHeaderBytes <= end; parts += 1) {
    const name = bytes.toString('latin1', at, at + 4);
    const length = chunkHeaderBytes + bytes.readUInt32LE(at + 4);
    if (parts >= maxParts || at + length > bytes.length || (name === manifestChunk && found !== undefined)) {
      throw new UnreadableImageError('The chunks of the file cannot be read.');
    }
    if (name === manifestChunk) found = { name, start: at, length };
    at += length + (length % 2);
  }
  return found;
};
