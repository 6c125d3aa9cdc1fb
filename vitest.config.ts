import { globSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer } from 'vitest/node';

// The stand-ins of `local/` are tested by themselves: a change elsewhere cannot break them.
const standIns = ['test/{unit,integration}/local/**/*.test.ts'];
// Long enumerations, such as a crash at every effect. A few points of each are in a file beside it that has no `exhaustive`.
const exhaustive = ['test/**/*.exhaustive.test.ts'];
// What tries more in the exhaustive tier than in the fast one.
const sized = globSync('test/**/*.test.ts').filter((file) => readFileSync(file, 'utf8').includes('fixtures/tier.ts'));
const observed = ['generate-image', 'batches', 'inputs.exhaustive', 'operations.exhaustive', 'webhooks'].map(
  (name) => `test/e2e/${name}.test.ts`,
);
// What these import shares a stack or a template, in the process that runs them. They take longest.
const sharing = ['test/e2e/shared-stack.test.ts', 'test/infra/shared-template.test.ts'];
const alone = sharing.flatMap((file) =>
  [...readFileSync(file, 'utf8').matchAll(/import\('(.+)'\)/g)].map(([, path = '']) =>
    posix.join(posix.dirname(file), path),
  ),
);

/** Begins with the files that take longest, also where no earlier run has told how long each takes. */
class LongestFirst extends BaseSequencer {
  override async sort(files: Parameters<BaseSequencer['sort']>[0]): ReturnType<BaseSequencer['sort']> {
    const sorted = await super.sort(files);
    const isSharing = ({ moduleId }: { moduleId: string }) => sharing.some((file) => moduleId.endsWith(`/${file}`));
    return [...sorted.filter(isSharing), ...sorted.filter((file) => !isSharing(file))];
  }
}

export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        test: { name: 'fast', include: ['test/**/*.test.ts'], exclude: [...standIns, ...exhaustive, ...alone] },
      },
      {
        extends: true,
        test: {
          name: 'exhaustive',
          include: [...exhaustive, ...sized],
          env: { TEST_TIER: 'exhaustive' },
          // An enumeration takes minutes where other files keep the cores busy.
          testTimeout: 900_000,
          hookTimeout: 900_000,
        },
      },
      // The main tests of the whole gateway once more, with Adobe as its services were seen and not as it is documented.
      { extends: true, test: { name: 'observed', include: observed, env: { ADOBE_MANNER: 'observed' } } },
      { extends: true, test: { name: 'alone', include: alone } },
      { extends: true, test: { name: 'stand-ins', include: standIns, exclude: exhaustive } },
    ],
    sequence: { sequencer: LongestFirst },
    globalSetup: 'test/global-setup.ts',
    // Many tests wait for servers and timers; more files at once than cores keep the cores busy.
    maxWorkers: 3,
    maxConcurrency: 12,
    // Test files clean up after themselves and replace no modules, so they can share the processes they run in.
    isolate: false,
    // Beside other work a machine of two cores may let a test wait for long: who waits in vain is told late, nobody too early.
    testTimeout: 180_000,
    expect: { poll: { timeout: 60_000 } },
    // Hooks have all functions bundled, and start stacks.
    hookTimeout: 300_000,
  },
});
