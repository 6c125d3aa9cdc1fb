import { describe } from 'vitest';
// What a process has one of is known before a suite begins.
import './synthesise.ts';

// One process for all of them: each that imports the CDK and synthesizes the template takes some four seconds of a core. One file
// by itself runs in the project `alone`.
describe('http-api', async () => {
  await import('./http-api.test.ts');
});
describe('functions', async () => {
  await import('./functions.test.ts');
});
describe('event-rules', async () => {
  await import('./event-rules.test.ts');
});
describe('data', async () => {
  await import('./data.test.ts');
});
describe('dashboard', async () => {
  await import('./dashboard.test.ts');
});
describe('aws-limits', async () => {
  await import('./aws-limits.test.ts');
});
describe('operation', async () => {
  await import('./operation.test.ts');
});
describe('permissions', async () => {
  await import('./permissions.test.ts');
});
describe('access-policies', async () => {
  await import('./access-policies.test.ts');
});
describe('encryption', async () => {
  await import('./encryption.test.ts');
});
describe('alarm-states', async () => {
  await import('./alarm-states.test.ts');
});
describe('audit', async () => {
  await import('./audit.test.ts');
});
