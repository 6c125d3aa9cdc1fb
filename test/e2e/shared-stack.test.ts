import { describe } from 'vitest';
// What a process has one of is known before a suite begins.
import '#test/fixtures/shared-gateway.ts';

// One process and one embedded stack for all of them: two stacks, which two processes would start, cost twice as much. The
// first looks at every download since the start. One file by itself runs in the project `alone`.
describe('generate-image', async () => {
  await import('./generate-image.test.ts');
});
describe('webhooks', async () => {
  await import('./webhooks.test.ts');
});
describe('batches', async () => {
  await import('./batches.test.ts');
});
describe('services', async () => {
  await import('./services/services.test.ts');
});
describe('secrecy', async () => {
  await import('./secrecy.test.ts');
});
describe('cancel-job', async () => {
  await import('./cancel-job.test.ts');
});
describe('adobe-behaviour', async () => {
  await import('./adobe-behaviour.test.ts');
});
describe('raw-sockets', async () => {
  await import('./raw-sockets.test.ts');
});
describe('callers', async () => {
  await import('../integration/infra/callers/command.test.ts');
});
