import { createHash } from 'node:crypto';

/** Numbers that look random and are the same for the same key. */
export interface Random {
  /** Evenly between two bounds. */
  between(low: number, high: number): number;
  chance(probability: number): boolean;
}

/** Starts a sequence for a key. */
export const createRandom = (key: string): Random => {
  // Mulberry32: small, fast, and even enough for a drawing.
  let state = createHash('sha256').update(key).digest().readUInt32LE(0);
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    between: (low, high) => low + next() * (high - low),
    chance: (probability) => next() < probability,
  };
};
