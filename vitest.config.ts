import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Many tests wait for servers and timers; more files at once than cores keep the cores busy.
    maxWorkers: 3,
    // Test files clean up after themselves and replace no modules, so they can share the processes they run in.
    isolate: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
