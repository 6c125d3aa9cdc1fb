import { describe, expect, it } from 'vitest';
import { createJobTest, foldText, type JobFilter } from '#shared/jobs/job-filter.ts';

const item = {
  state: 'succeeded',
  operation: 'images/generate',
  modelVersion: 'image4_ultra',
  labels: { campaign: 'spring' },
  batchId: 'b',
  seeds: [7, 11],
  favourite: true,
  prompt: 'A Cafe\u0301 in the rain, ÅNGSTRÖM style',
};

describe('a filter', () => {
  it.each<JobFilter>([
    {},
    { states: ['queued', 'succeeded'] },
    { operation: 'images/generate' },
    { modelVersion: 'image4_ultra' },
    { label: { name: 'campaign', value: 'spring' } },
    { batchId: 'b' },
    { seed: 11 },
    { isFavourite: true },
    { isFavourite: false },
    { words: ['café', 'ångström', 'ain'].map(foldText) },
    { states: ['succeeded'], seed: 7, words: ['rain'] },
  ])('%j lets the job pass, and asks for what it looks at', (filter) => {
    const test = createJobTest(filter);
    expect(test.isWanted(item)).toBe(true);
    const read = Object.fromEntries(Object.entries(item).filter(([name]) => test.attributes.includes(name)));
    expect(test.isWanted(read)).toBe(true);
  });

  it.each<JobFilter>([
    { states: [] },
    { states: ['queued'] },
    { operation: 'images/fill' },
    { modelVersion: 'image3' },
    { label: { name: 'campaign', value: 'summer' } },
    { label: { name: 'team', value: 'spring' } },
    { label: { name: 'constructor', value: 'spring' } },
    { batchId: 'c' },
    { seed: 1 },
    { words: ['rain', 'snow'] },
    { states: ['succeeded'], seed: 1 },
  ])('%j does not', (filter) => {
    expect(createJobTest(filter).isWanted(item)).toBe(false);
  });

  it('finds nothing in a job that has nothing of the kind', () => {
    const filters: JobFilter[] = [
      { seed: 7 },
      { isFavourite: true },
      { label: { name: 'a', value: 'b' } },
      { words: ['cat'] },
      { batchId: 'b' },
    ];
    expect(filters.filter((filter) => createJobTest(filter).isWanted({ state: 'queued' }))).toEqual([]);
  });
});
