import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const mount = (...args: string[]): void => void execFileSync('mount', args, { stdio: 'pipe' });

/** The user that owns nothing: the superuser may write whatever the modes say. */
export const nobody = 65_534;

/**
 * Whether this process may mount file systems, those in files as well, which takes root and the machine's leave. Tests that need it are
 * skipped otherwise, which the runner reports.
 */
export const canMount = (): boolean => {
  const directory = mkdtempSync(join(tmpdir(), 'firefly-gateway-mount-'));
  const image = join(directory, 'disk.img');
  const disk = join(directory, 'disk');
  try {
    mkdirSync(disk);
    makeImage(image, 16);
    mount('-o', 'loop', image, disk);
    execFileSync('umount', [disk]);
    return true;
  } catch {
    // Why does not matter: no root, no loop devices, no mkfs.
    return false;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
};

/** Whether this process may run programs of the project as another user, who then has to be let into its folder. */
export const canRunAsNobody = (): boolean =>
  spawnSync(process.execPath, ['--check', fileURLToPath(import.meta.url)], { uid: nobody, gid: nobody }).status === 0;

/** A new folder under the temporary one, which is there until the test is over. */
export const newFolder = (): string => {
  const directory = mkdtempSync(join(tmpdir(), 'firefly-gateway-disk-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
};

const unmountAfterwards = (directory: string): void => {
  onTestFinished(() => void execFileSync('umount', ['--lazy', directory]));
};

/** A disk of its own, in memory. */
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
  makeImage(file, megabytes);
  return file;
};

const makeImage = (file: string, megabytes: number): void => {
  writeFileSync(file, '');
  truncateSync(file, megabytes * 1024 * 1024);
  execFileSync('mkfs.ext4', ['-q', '-F', file], { stdio: 'pipe' });
};

/** A disk in a file. */
export interface MountedImage {
  directory: string;
  /** What is on the disk at this moment, without what the system still keeps in memory, as after a power failure. */
  copy(): string;
  unmount(): void;
}

/** Mounts an image. The system writes to it what is synced, and else nothing for minutes. */
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
