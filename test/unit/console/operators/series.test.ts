import { expect, it } from 'vitest';
import { buildDaySeries, listDays, rankRows } from '#console/src/operators/usage/series.ts';

const row = (cost: number, about: Record<string, string>) => ({ ...about, jobs: 1, outputs: 2, cost });

it('every day of a range is in a series, one without jobs as 0', () => {
  expect(listDays('2026-02-27', '2026-03-01')).toEqual(['2026-02-27', '2026-02-28', '2026-03-01']);
  const usage = [row(1.5, { day: '2026-02-28' })];
  expect(buildDaySeries({ from: '2026-02-27', to: '2026-03-01', usage }, 'cost')).toEqual([
    [1772150400, 1772236800, 1772323200],
    [0, 1.5, 0],
  ]);
});

it('what has the most comes first, and the rest together at the end', () => {
  const usage = [row(1, { caller: 'a' }), row(5, { caller: 'b' }), row(2, { caller: 'c' }), row(3, {})];
  expect(rankRows(usage, 'caller', 'cost', 2)).toEqual([
    { name: 'b', value: 5 },
    { name: '', value: 3 },
    { name: '2 others', value: 3 },
  ]);
  expect(rankRows(usage, 'caller', 'jobs', 9)).toHaveLength(4);
});
