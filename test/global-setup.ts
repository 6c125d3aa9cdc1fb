import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** A directory that all processes of one run of the tests share. */
    runDirectory: string;
  }
}

/** Makes the directory of a run, and removes it when the run is over. */
export default async (project: TestProject): Promise<() => Promise<void>> => {
  const directory = await mkdtemp(join(tmpdir(), 'firefly-gateway-tests-'));
  project.provide('runDirectory', directory);
  return () => rm(directory, { recursive: true, force: true });
};
