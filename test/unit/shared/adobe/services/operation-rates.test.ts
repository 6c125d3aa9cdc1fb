import { describe, expect, it } from 'vitest';
import { estimateCost, operationRates } from '#shared/adobe/services/operation-rates.ts';
import { findOperation, operations } from '#shared/adobe/services/registry.ts';

const estimate = (name: string, body: Record<string, unknown>, rates = {}) => {
  const operation = findOperation(name);
  if (operation === undefined) throw new TypeError(name);
  return estimateCost(operation, body, rates);
};

describe('the cost of a request', () => {
  it.each([
    ['images/generate', { prompt: 'a' }, 1_000, 1],
    ['images/generate', { prompt: 'a', numVariations: 3 }, 3_000, 3],
    ['images/generate', { prompt: 'a', seeds: [1, 2, 3, 4] }, 4_000, 4],
    ['images/upscale', { seeds: [1, 2] }, 2_000, 2],
    ['images/generate-image5', { prompt: 'a' }, 1_000, 1],
    ['videos/generate', { prompt: 'a' }, 10_000, 1],
    ['videos/generate', { prompt: 'a', sizes: [{ width: 960, height: 540 }] }, 2_000, 1],
    ['videos/generate', { prompt: 'a', sizes: [{ width: 720, height: 1280 }] }, 5_000, 1],
    // Between two heights the higher one counts, above all of them the highest.
    ['videos/generate', { prompt: 'a', sizes: [{ width: 1000, height: 600 }] }, 5_000, 1],
    ['videos/generate', { prompt: 'a', sizes: [{ width: 3840, height: 2160 }] }, 10_000, 1],
  ])('%s %j', (name, body, estimated, outputs) => {
    expect(estimate(name, body)).toEqual({ estimated, outputs });
  });

  it('is what a contract says, to the thousandth', () => {
    const rates = { 'images/generate': 0.333, 'videos/generate': { 720: 0.7 } };
    expect(estimate('images/generate', { numVariations: 3 }, rates).estimated).toBe(999);
    expect(estimate('videos/generate', { sizes: [{ width: 1920, height: 1080 }] }, rates).estimated).toBe(3_500);
  });

  it('is known of every operation', () => {
    for (const operation of operations) {
      const one = { ...operation, countOutputs: () => 1 };
      expect(estimateCost(one, {}, {}).estimated).toBeGreaterThan(0);
    }
  });
});

it('takes rates of operations that it has, in whole thousandths', () => {
  const problem = (rates: unknown) => operationRates().safeParse(rates).error?.issues[0]?.message;
  expect(problem({ 'images/generate': 0.5, 'videos/generate': { 720: 1.5 } })).toBeUndefined();
  expect(problem({ 'images/invent': 1 })).toBe('is not an operation of the gateway');
  expect(problem({ 'images/generate': { 720: 1 } })).toBe('must be a number: its outputs have no seconds');
  expect(problem({ 'videos/generate': { low: 1 } })).toBeDefined();
  expect(problem({ 'images/generate': -1 })).toBeDefined();
  expect(problem({ 'images/generate': 0.0005 })).toBeDefined();
});
