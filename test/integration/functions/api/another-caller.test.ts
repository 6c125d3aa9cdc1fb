import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  expectUntouched,
  findProbes,
  listRoutes,
  type Prey,
  startWithPrey,
  tryRoutes,
  tryToShare,
} from './another-caller.ts';
import { marker, victim } from './victim.ts';

let own: Prey;
beforeAll(async () => {
  own = await startWithPrey();
});
afterAll(() => own.api.close());

it('every route of the API is tried, so that a new one needs a probe', () => {
  expect(listRoutes(own).filter((route) => findProbes(route) === undefined)).toEqual([]);
});

it('the victim sees what is its own by the same paths', async () => {
  const { done, waiting, batch, webhook } = own;
  const paths = [
    `/jobs/${waiting}`,
    `/jobs/${done}`,
    `/jobs/${done}/outputs/0`,
    `/v3/status/${done}`,
    `/batches/${batch}`,
    `/batches/${batch}/jobs`,
    `/batches/${batch}/report.csv`,
    `/webhooks/${webhook}`,
  ];
  const seen = await Promise.all(paths.map((path) => own.api.call({ path, caller: victim })));
  expect(seen.map(({ statusCode }) => statusCode)).toEqual([200, 200, 302, 200, 200, 200, 302, 200]);
  expect(seen.filter(({ body }) => body.includes(marker)).length).toBeGreaterThanOrEqual(4);
});

// All others are in another-caller.exhaustive.test.ts.
it('another caller gets nothing by any route, and changes nothing', async () => {
  expect(await tryRoutes(own, 'caf\u00e9/victim/')).toBeGreaterThan(200);
  await tryToShare(own, 'caf\u00e9/victim/');
  await expectUntouched(own);
});
