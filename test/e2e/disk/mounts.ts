import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

const mount = (...args: string[]): void => {
  try {
    execFileSync('mount', args, { stdio: 'pipe' });
  } catch (cause) {
    throw new Error('This test mounts file systems: run it as root.', {
      cause,
    });
  }
};

/** A new folder under the temporary one, which is there until the test is over. */
export const newFolder = (): string => {
  const directory = mkdtempSync(join(tmpdir(), 'firefly-gateway-disk-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
};

const unmountAfterwards = (directory: string): void => {
  onTestFinished(() => void execFileSync('umount', ['--lazy', directory]));
};

/**
 * A disk of its own, in memory.
 *
 * @throws {Error} if this process may not mount one: no test passes without
 */
export const mountDisk = (megabytes: number): string => {
  const directory = newFolder();
  mount('-t', 'tmpfs', '-o', `size=${megabytes}m,mode=0700`, 'tmpfs', directory);
  unmountAfterwards(directory);
  return directory;
};

/** The same files once more, where nothing can be written. */
export const mountReadOnly = (original: string): string => {
  const directory = newFolder();
  mount('--bind', original, directory);
  unmountAfterwards(directory);
  mount('-o', 'remount,bind,ro', directory);
  return directory;
};

/** A file with an empty ext4 in it. */
export const createImage = (megabytes: number): string => {
  const file = join(newFolder(), 'disk.img');
  writeFileSync(file, '');
  truncateSync(file, megabytes * 1024 * 1024);
  execFileSync('mkfs.ext4', ['-q', '-F', file]);
  return file;
};

/** A disk in a file. */
export interface MountedImage {
  directory: string;
  /** What is on the disk at this moment, without what the system still keeps in memory, as after a power failure. */
  copy(): string;
  unmount(): void;
}

/**
 * Mounts an image. The system writes to it what is synced, and else nothing for minutes.
 *
 * @throws {Error} see {@link mountDisk}
 */
export const mountImage = (file: string): MountedImage => {
  const directory = newFolder();
  mount('-o', 'loop,commit=300', file, directory);
  let isMounted = true;
  const unmount = () => {
    if (isMounted) execFileSync('umount', ['--lazy', directory]);
    isMounted = false;
  };
  onTestFinished(unmount);
  return {
    directory,
    copy: () => {
      const copy = join(newFolder(), 'disk.img');
      execFileSync('cp', ['--sparse=always', file, copy]);
      return copy;
    },
    unmount,
  };
};
