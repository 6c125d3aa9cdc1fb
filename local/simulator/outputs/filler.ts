import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';

const blockBytes = 64 * 1024;

/**
 * Bytes that look like nothing, the same for the same seed, made while they are read.
 *
 * @param bytes how many
 */
export const filler = (seed: number, bytes: number): Readable => {
  const block = createHash('shake256', { outputLength: blockBytes }).update(String(seed)).digest();
  const blocks = function* () {
    for (let left = bytes; left > 0; left -= blockBytes) yield block.subarray(0, left);
  };
  return Readable.from(blocks(), { objectMode: false, highWaterMark: blockBytes });
};

const box = (type: string, content: Buffer): Buffer => {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(content.length + 8, 0);
  head.write(type, 4, 'latin1');
  return Buffer.concat([head, content]);
};

const fileType = box('ftyp', Buffer.from('isom\0\0\x02\0isomiso2mp41', 'latin1'));

/** The header of a film of five seconds without a track (ISO 14496-12, movie header, version 0). */
const movieHeader = (): Buffer => {
  const content = Buffer.alloc(100);
  content.writeUInt32BE(1_000, 12);
  content.writeUInt32BE(5_000, 16);
  content.writeUInt32BE(0x00010000, 20);
  content.writeUInt16BE(0x0100, 24);
  for (const [at, value] of [
    [36, 0x00010000],
    [52, 0x00010000],
    [68, 0x40000000],
  ] as const) {
    content.writeUInt32BE(value, at);
  }
  content.writeUInt32BE(1, 96);
  return box('moov', box('mvhd', content));
};

/** An MP4 file with nothing to see in it, another one for each seed. */
export const video = (seed: number): Uint8Array => {
  const media = createHash('shake256', { outputLength: 32_768 }).update(String(seed)).digest();
  return Buffer.concat([fileType, movieHeader(), box('mdat', media)]);
};
