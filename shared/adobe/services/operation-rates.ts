import * as z from 'zod/mini';
import { once } from '../../once.ts';
import { countRequestedOutputs, type OperationDefinition } from './operation.ts';
import { findOperation } from './registry.ts';

// A thousandth is the smallest amount that is counted.
const operations = once(() => z.number().check(z.gte(0), z.lte(10_000), z.multipleOf(0.001)));

const byHeight = once(() =>
  z
    .record(z.string().check(z.regex(/^[1-9]\d{0,4}$/, { error: 'must be a height in pixels' })), operations())
    .check(z.refine((rates) => Object.keys(rates).length > 0, { error: 'must name a height' })),
);

/** What operations cost, by their names, where a contract differs from the public card: a number for each output, or for each second by height. */
export const operationRates = once(() =>
  z.record(z.string(), z.union([operations(), byHeight()])).check(
    z.superRefine((rates, context) => {
      for (const [name, rate] of Object.entries(rates)) {
        const operation = findOperation(name);
        const refuse = (message: string) => context.addIssue({ code: 'custom', path: [name], message });
        if (operation === undefined) refuse('is not an operation of the gateway');
        else if (typeof rate !== 'number' && operation.measureOutput === undefined) {
          refuse('must be a number: its outputs have no seconds');
        }
      }
    }),
  ),
);

/** What operations cost, by their names, in Operations. */
export type OperationRates = z.output<ReturnType<typeof operationRates>>;

/** What a request is expected to cost, in thousandths of an Operation: whole numbers, so that sums are exact. */
export interface CostEstimate {
  estimated: number;
  /** How many outputs that is for. */
  outputs: number;
}

/** A number of Operations in thousandths. */
export const toThousandths = (amount: number): number => Math.round(amount * 1_000);

// Adobe's public card has 1 for each image, whatever makes it.
const usualRate = 1;

/**
 * Estimates what a request costs: the rate of its operation for each output that it asks for.
 *
 * @param body what Adobe would take, as the checks of the request left it
 * @param rates in place of the operation's own
 */
export const estimateCost = (
  operation: Pick<OperationDefinition, 'name' | 'rate' | 'measureOutput' | 'countOutputs'>,
  body: unknown,
  rates: OperationRates,
): CostEstimate => {
  const fields = body as Readonly<Record<string, unknown>>;
  // Where nobody can know, one stands for all; what was made is counted in the end.
  const outputs = countRequestedOutputs(operation, fields) ?? 1;
  const rate = rates[operation.name] ?? operation.rate ?? usualRate;
  return { estimated: outputs * costOfOutput(rate, operation.measureOutput?.(fields)), outputs };
};

const costOfOutput = (
  rate: NonNullable<OperationDefinition['rate']>,
  measured: { seconds: number; height: number } | undefined,
): number => {
  if (typeof rate === 'number') return toThousandths(rate);
  const { seconds = 1, height = Number.POSITIVE_INFINITY } = measured ?? {};
  const heights = Object.keys(rate)
    .map(Number)
    .sort((one, other) => one - other);
  // A height in between costs what the next one costs, and more than the last no more than the last.
  const priced = heights.find((known) => known >= height) ?? heights.at(-1) ?? 0;
  return Math.round(toThousandths(rate[priced] ?? 0) * seconds);
};
