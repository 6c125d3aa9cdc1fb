import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

const mount = (...args: string[]): void => {
  try {
    execFileSync('mount', args, { stdio: 'pipe' });
  } catch (cause) {
    throw new Error('This test mounts file systems. Run it as root, or as `unshare -rm npx vitest run <file>`.', {
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
