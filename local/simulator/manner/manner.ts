import * as z from 'zod';
import { type Fact, type FactName, factNames, facts, type Side } from './facts.ts';

const side = z.enum(['documented', 'observed']);

/** Single facts that are played otherwise than the manner has them. */
const factSidesSchema = z.partialRecord(z.enum(factNames), side);

/** How a simulator plays what Adobe's documents and its live services disagree on. */
export const mannerSchema = z.strictObject({
  manner: side.default('documented'),
  facts: factSidesSchema.default({}),
});

/** Single facts that are played otherwise than the manner has them. */
export type FactSides = z.output<typeof factSidesSchema>;

/** A manner that can be changed while the simulator runs. */
export interface Manner {
  /** Whether a fact is played as it was observed. */
  isObserved(name: FactName): boolean;
  /** Every fact with the side that is played now. */
  all(): (Fact & { name: FactName; side: Side })[];
  /** Replaces the manner and every switch. */
  set(change: z.input<typeof mannerSchema>): void;
}

/**
 * Starts in a manner; switches of single facts win over it.
 *
 * @throws {ZodError} for a fact that is not in the table
 */
export const createManner = (start: z.input<typeof mannerSchema> = {}): Manner => {
  let current = mannerSchema.parse(start);
  const sideOf = (name: FactName): Side =>
    current.facts[name] ?? (facts[name].kind === 'open' ? 'documented' : current.manner);
  return {
    isObserved: (name) => sideOf(name) === 'observed',
    all: () => factNames.map((name) => ({ name, ...facts[name], side: sideOf(name) })),
    set: (change) => {
      current = mannerSchema.parse(change);
    },
  };
};

/**
 * Reads switches as the command line writes them: `seeds-do-not-reproduce=observed`.
 *
 * @throws {Error} naming what is no fact, or no side
 */
export const parseFactSides = (switches: readonly string[]): FactSides =>
  Object.fromEntries(
    switches.map((text) => {
      const [name = '', given] = text.split('=', 2);
      if (!Object.hasOwn(facts, name)) throw new Error(`${name} is not one of the facts: ${factNames.join(', ')}`);
      const parsed = side.safeParse(given);
      if (!parsed.success) throw new Error(`${name} is documented or observed, not "${given ?? ''}"`);
      return [name, parsed.data];
    }),
  );
