import { expect, it } from 'vitest';
import { parts, priced, prices } from '#test/bench/aws-prices.ts';
import { read } from './repository.ts';

/** Rows of the first table of the page, without its head. */
const rows = (read('docs/costs.md').split('| --- | --- | --- |\n')[1]?.split('\n\n')[0] ?? '')
  .split('\n')
  .map((row) => row.split('|').map((cell) => cell.trim()))
  .map(([, part = '', quantity = '', dollars = '']) => ({ part: part.replaceAll('*', ''), quantity, dollars }));

const numbersIn = (text: string): number[] =>
  [...text.matchAll(/\d[\d,]*(?:\.\d+)?/g)].map(([number]) => Number(number.replaceAll(',', '')));

it('multiplies what the bench has counted with the list prices', () => {
  let sum = 0;
  for (const [name, names] of Object.entries(parts)) {
    const row = rows.find(({ part }) => part === name);
    const quantities = numbersIn(row?.quantity ?? '');
    expect(quantities, name).toHaveLength(names.length);
    const dollars = names.reduce((total, each, index) => total + prices[each] * (quantities[index] ?? 0), 0);
    expect(row?.dollars.replaceAll('*', ''), name).toBe(dollars.toFixed(3));
    sum += Number(dollars.toFixed(3));
  }
  expect(rows.at(-1)?.part).toBe('1,000 images');
  expect(Number(rows.at(-1)?.dollars.replaceAll('*', ''))).toBeCloseTo(sum, 2);
});

it('prices everything that is counted, in one part each', () => {
  expect(Object.values(parts).flat().sort()).toEqual([...priced].sort());
});
