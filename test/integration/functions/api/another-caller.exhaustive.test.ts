import { afterAll, beforeAll, expect, it } from 'vitest';
import { expectUntouched, type Prey, startWithPrey, tryRoutes, tryToShare } from './another-caller.ts';
import { others } from './victim.ts';

let own: Prey;
let count = 0;
beforeAll(async () => {
  own = await startWithPrey();
});
afterAll(() => own.api.close());

it.each(others)('%j gets nothing of another caller by any route', async (caller) => {
  count += await tryRoutes(own, caller);
  await tryToShare(own, caller);
});

it('everything is as it was, after some thousand probes', async () => {
  expect(count).toBeGreaterThan(800);
  await expectUntouched(own);
});
