import { tmpdir } from 'node:os';
import { join } from 'node:path';

// glibc gives each thread a heap of its own, of which it returns hardly anything to the system: with a thread for each
// sandbox that is most of the memory. Two of them, and large pieces on pages of their own.
/** Variables of the environment by which a process returns memory that it no longer uses. */
export const leanAllocator = {
  MALLOC_ARENA_MAX: '2',
  MALLOC_MMAP_THRESHOLD_: '131072',
  MALLOC_TRIM_THRESHOLD_: '131072',
};

/** Has a process keep compiled code where Node does by default, from its first module on. */
export const compileCache = { NODE_COMPILE_CACHE: join(tmpdir(), 'node-compile-cache') };

// Megabytes of each half of the young generation, which grows to 16 otherwise.
const flags = ['--max-semi-space-size=4'];

/**
 * Has a program take the place of this process, under the same id and with the same arguments, with what cannot be set from within;
 * returns if that is set or there is no way to do it, which is harmless. Settings in the environment stay as they are.
 */
export const restartLean = (program: string): void => {
  const isLean = Object.keys(leanAllocator).every((name) => process.env[name] !== undefined);
  if (isLean || process.platform !== 'linux' || process.execve === undefined) return;
  process.execve(
    process.execPath,
    [process.execPath, ...flags, ...process.execArgv, program, ...process.argv.slice(2)],
    {
      ...leanAllocator,
      ...compileCache,
      ...process.env,
    },
  );
};
