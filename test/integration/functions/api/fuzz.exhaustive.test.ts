import { it } from 'vitest';
import { fuzz } from './fuzz.ts';

it.each([1, 2, 3, 4, 5])('answers 20,000 events of seed %i as described, and never with 5xx', async (seed) => {
  await fuzz({ seed, count: 20_000 });
});
