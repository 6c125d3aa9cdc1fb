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
