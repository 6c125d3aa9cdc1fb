import { afterAll, describe } from 'vitest';
import { adobeManner } from '#test/fixtures/gateway.ts';
import { changeAdobe, it, untilAtRest } from '#test/fixtures/shared-gateway.ts';
import { observeAdobe, observedFacts } from './adobe-behaviour.ts';

describe('as Adobe was observed', () => {
  let observed: ReturnType<typeof observeAdobe>;
  let restore = () => {};
  it.beforeAll(async ({ gateway }) => {
    await untilAtRest(gateway);
    observed = observeAdobe(gateway);
    restore = changeAdobe(gateway, { outputBytes: null });
  });
  afterAll(() => {
    restore();
    observed.simulator.manner.set({ manner: adobeManner });
  });

  it.each(observedFacts.map(({ fact, prove }) => [fact, prove] as const))('%s', (_, prove) => prove(observed));
});
