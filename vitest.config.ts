import { globSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { defineConfig } from 'vitest/config';

// The stand-ins of `local/` are tested by themselves: a change elsewhere cannot break them.
const standIns = ['test/{unit,integration}/local/**/*.test.ts'];
// Long enumerations, such as a crash at every effect. A few points of each are in a file beside it that has no `exhaustive`.
const exhaustive = ['test/**/*.exhaustive.test.ts'];
// What tries more in the exhaustive tier than in the fast one.
const sized = globSync('test/**/*.test.ts').filter((file) => readFileSync(file, 'utf8').includes('fixtures/tier.ts'));
const observed = ['generate-image', 'batches', 'inputs.exhaustive', 'operations.exhaustive', 'webhooks'].map(
  (name) => `test/e2e/${name}.test.ts`,
);
// These share a stack, in the process that runs this file.
const sharing = 'test/e2e/shared-stack.test.ts';
const alone = [...readFileSync(sharing, 'utf8').matchAll(/import\('(.+)'\)/g)].map(([, path = '']) =>
  posix.join('test/e2e', path),
);

export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        test: { name: 'fast', include: ['test/**/*.test.ts'], exclude: [...standIns, ...exhaustive, ...alone] },
      },
      {
        extends: true,
        test: { name: 'exhaustive', include: [...exhaustive, ...sized], env: { TEST_TIER: 'exhaustive' } },
      },
      // The main tests of the whole gateway once more, with Adobe as its services were seen and not as it is documented.
      { extends: true, test: { name: 'observed', include: observed, env: { ADOBE_MANNER: 'observed' } } },
      { extends: true, test: { name: 'alone', include: alone } },
      { extends: true, test: { name: 'stand-ins', include: standIns, exclude: exhaustive } },
    ],
    globalSetup: 'test/global-setup.ts',
    // Many tests wait for servers and timers; more files at once than cores keep the cores busy.
    maxWorkers: 3,
    maxConcurrency: 12,
    // Test files clean up after themselves and replace no modules, so they can share the processes they run in.
    isolate: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
