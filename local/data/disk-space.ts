import { statfsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** How much room the disk of the data folder has left. */
export interface DiskSpace {
  /** Whether no new job may be taken: what is left is for those that were. */
  isLow(): boolean;
  /** Resolves when there is room to go on with jobs that were taken. */
  room(): Promise<void>;
}

const maxReserveBytes = 512 * 1024 * 1024;
const checkMs = 500;

/**
 * Watches a disk. New jobs end at a reserve of 512 MB, or a tenth of a smaller disk; at a quarter of it durable executions pause
 * before their next step, so that none fails for want of room.
 */
export const watchDiskSpace = (directory: string): DiskSpace => {
  let known = { at: Number.NEGATIVE_INFINITY, freeBytes: 0, reserveBytes: 0 };
  const measure = () => {
    const now = performance.now();
    if (now - known.at > checkMs) {
      const { bavail, blocks, bsize } = statfsSync(directory);
      known = { at: now, freeBytes: bavail * bsize, reserveBytes: Math.min(maxReserveBytes, (blocks * bsize) / 10) };
    }
    return known;
  };
  return {
    isLow: () => {
      const { freeBytes, reserveBytes } = measure();
      return freeBytes < reserveBytes;
    },
    room: async () => {
      for (;;) {
        const { freeBytes, reserveBytes } = measure();
        if (freeBytes >= reserveBytes / 4) return;
        await sleep(checkMs, undefined, { ref: false });
      }
    },
  };
};

/** Takes any number of jobs: for a stack that lives in memory. */
export const endlessSpace: DiskSpace = { isLow: () => false, room: async () => {} };
