import { closeSync, fsyncSync, futimesSync, openSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

// Source: "leveldb Log format" (doc/log_format.md); little-endian.
const blockBytes = 32_768;
const headerBytes = 7;
const types = { full: 1, first: 2, middle: 3, last: 4 } as const;

// Source: RFC 3720, appendix B.4 (CRC32C, reflected), and "crc32c::Mask" of LevelDB.
const polynomial = 0x82f63b78;
const maskDelta = 0xa282ead8;

const crcTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ polynomial : crc >>> 1;
  return crc;
});

const maskedCrc = (bytes: Uint8Array): number => {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ (crcTable[(crc ^ byte) & 0xff] as number);
  crc = ~crc >>> 0;
  return (((crc >>> 15) | (crc << 17)) + maskDelta) >>> 0;
};

/** A record at a place of a block; undefined if there is none whose checksum is right. */
const readRecord = (block: Buffer, at: number): { type: number; end: number } | undefined => {
  if (at + headerBytes > block.length) return undefined;
  const end = at + headerBytes + block.readUInt16LE(at + 4);
  const type = block.readUInt8(at + 6);
  if (type < types.full || type > types.last || end > block.length) return undefined;
  return maskedCrc(block.subarray(at + 6, end)) === block.readUInt32LE(at) ? { type, end } : undefined;
};

/** Whether a write begins at some place of a block, from one on. */
const findWrite = (block: Buffer, from: number): boolean => {
  for (let at = from; at + headerBytes <= block.length; at += 1) {
    const type = readRecord(block, at)?.type;
    if (type === types.full || type === types.first) return true;
  }
  return false;
};

const currentOf = (directory: string): string => join(directory, 'CURRENT');

/**
 * Notes that a write to the tables of a folder has failed half-way: behind it others may lie in the log that were not answered either. On a full
 * disk there is no room for more than a time, which LevelDB sets anew as it opens the tables.
 */
export const noteFailedWrite = (directory: string): void => {
  const file = openSync(currentOf(directory), 'r+');
  try {
    futimesSync(file, 0, 0);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
};

/** Whether that was noted since the tables were opened last. */
export const hasFailedWrite = (directory: string): boolean =>
  statSync(currentOf(directory), { throwIfNoEntry: false })?.mtimeMs === 0;

/**
 * Finds damage in a log of LevelDB, which would leave out what is damaged and what stands behind it in the same block, without a word. The
 * last write may be cut off: a crash does that, and it was never answered.
 *
 * @returns where the damage begins, in bytes; undefined if every write but the last is whole
 */
export const findLogDamage = (path: string): number | undefined => {
  const log = readFileSync(path);
  let damagedAt: number | undefined;
  for (let start = 0; start < log.length; start += blockBytes) {
    const block = log.subarray(start, start + blockBytes);
    let at = 0;
    while (damagedAt === undefined && at + headerBytes <= block.length) {
      const record = readRecord(block, at);
      if (record === undefined) damagedAt = start + at;
      else at = record.end;
    }
    // What comes behind the last write is no write.
    if (damagedAt !== undefined && findWrite(block, Math.max(at, damagedAt - start))) return damagedAt;
  }
  return undefined;
};
