import { afterAll, describe, expect } from 'vitest';
import { adobeManner } from '#test/fixtures/gateway.ts';
import { it, untilAtRest } from '#test/fixtures/shared-gateway.ts';
import { observeAdobe, observedFacts } from './adobe-behaviour.ts';

// One fact of each kind: refused by the gateway, refused by Adobe, and a result that is not what was asked for.
const slice = ['image3 takes ten sizes', 'prompt_unsafe is 422', 'a job succeeds with fewer outputs'];

describe('as Adobe was observed', () => {
  let observed: ReturnType<typeof observeAdobe>;
  it.beforeAll(async ({ gateway }) => {
    await untilAtRest(gateway);
    observed = observeAdobe(gateway);
  });
  afterAll(() => observed.simulator.manner.set({ manner: adobeManner }));

  const facts = observedFacts.filter(({ fact }) => slice.some((start) => fact.startsWith(start)));
  it.each(facts.map(({ fact, prove }) => [fact, prove] as const))('%s', (_, prove) => prove(observed));

  it('every fact of the slice is one', () => {
    expect(facts).toHaveLength(slice.length);
  });
});
