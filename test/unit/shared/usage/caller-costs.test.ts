import { describe, expect, it } from 'vitest';
import { listKeptMonths } from '#shared/usage/caller-costs.ts';

describe('the months whose costs are kept', () => {
  it('are those of the last 800 days, the current one first', () => {
    const months = listKeptMonths(Date.parse('2026-03-31T23:59:59Z'));
    expect([months[0], months[1], months.at(-1)]).toEqual(['2026-03', '2026-02', '2024-01']);
    expect(new Set(months).size).toBe(27);
  });
});
