import { expect, it } from 'vitest';
import { fuzz } from './fuzz.ts';

// A hundred thousand are in fuzz.exhaustive.test.ts.
it('answers whatever comes as described, and never with 5xx', async () => {
  const statuses = await fuzz({ seed: 20_261_127, count: 1_000 });
  for (const status of [200, 201, 202, 302, 400, 401, 404, 405, 415, 422]) {
    expect([status, statuses[status] ?? 0]).toEqual([status, expect.toSatisfy((count: number) => count > 0)]);
  }
});
