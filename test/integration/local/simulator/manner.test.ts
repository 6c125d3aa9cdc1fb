import { describe, expect, it } from 'vitest';
import { type FactName, factNames, facts } from '#local/simulator/manner/facts.ts';
import { parseFactSides } from '#local/simulator/manner/manner.ts';
import { type SimulatorOptions, startSimulator } from '#local/simulator/simulator.ts';
import { clientOf } from './client.ts';
import { createTestClock } from './clock.ts';
import { type Probe, probes } from './manner-probes.ts';

describe('the manner of a simulator', () => {
  const see = async ({ see, options }: Probe, manner: SimulatorOptions): Promise<unknown> => {
    const clock = createTestClock();
    const given = typeof options?.credential?.createdAt === 'number' ? { credential: { createdAt: clock.now() } } : {};
    const base = { clock, pendingMs: 0, generationMs: 0, requestsPerMinute: 100 };
    const simulator = await startSimulator({ ...base, ...options, ...given, ...manner });
    try {
      return await see({ simulator, client: clientOf(simulator), clock });
    } finally {
      await simulator.close();
    }
  };

  it.each(Object.entries(probes))('plays %s as documented and as observed', async (name, probe) => {
    expect(await see(probe, {})).toEqual(probe.documented);
    expect(await see(probe, { facts: { [name]: 'observed' } })).toEqual(probe.observed);
    // What nobody has observed is played by its own switch only.
    const played = facts[name as FactName].kind === 'open' ? probe.documented : probe.observed;
    expect(await see(probe, { manner: 'observed' })).toEqual(played);
    expect(await see(probe, { manner: 'observed', facts: { [name]: 'documented' } })).toEqual(probe.documented);
  });

  it('has a difference for every fact on which documents and observation differ', () => {
    expect(Object.keys(probes).sort()).toEqual(factNames.filter((name) => facts[name].kind !== 'agreed').sort());
  });

  it('is changed while the simulator runs', async () => {
    const simulator = await startSimulator();
    const change = (body: object) =>
      fetch(`${simulator.url}/_simulator/manner`, { method: 'PUT', body: JSON.stringify(body) });
    try {
      await change({ manner: 'observed', facts: { 'sync-calls-answer': 'documented' } });
      expect(simulator.manner.isObserved('refusals-are-422')).toBe(true);
      expect(simulator.manner.isObserved('sync-calls-answer')).toBe(false);
      expect((await change({ facts: { nonsense: 'observed' } })).status).toBe(400);
      await change({});
      expect(simulator.manner.isObserved('refusals-are-422')).toBe(false);
    } finally {
      await simulator.close();
    }
  });

  it.each(['nonsense=observed', 'seeds-do-not-reproduce=maybe', 'seeds-do-not-reproduce', 'toString=observed'])(
    'refuses the switch %s',
    (text) => {
      expect(() => parseFactSides([text])).toThrow();
    },
  );
});
