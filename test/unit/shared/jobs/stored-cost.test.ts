import { expect, it } from 'vitest';
import { type CostOfJob, viewCost } from '#shared/jobs/stored-cost.ts';

const cost = { estimated: 3_000, outputs: 3 };
const upstream = { statusUrl: 'https://firefly.example', acceptedAt: '2026-03-01T12:00:00.000Z' };
const view = (job: Partial<CostOfJob>) => viewCost({ state: 'failed', cost, ...job });
const counted = (actual: number) => ({ estimated: 3, actual, unit: 'operations', isUncertain: undefined });
const failed = (code: string) => ({ error: { code, message: '' } });

it('is only estimated until a job ends', () => {
  expect(view({ state: 'running', upstream })).toEqual({ estimated: 3, unit: 'operations' });
});

it('follows the outputs that Adobe made', () => {
  expect(view({ state: 'succeeded', requested: 3, received: 3 })).toEqual(counted(3));
  expect(view({ state: 'partially_succeeded', requested: 3, received: 2 })).toEqual(counted(2));
  // They were made, though none could be stored.
  expect(view({ ...failed('output_too_large'), requested: 3, received: 3 })).toEqual(counted(3));
  expect(view({ ...failed('output_media_unsafe'), requested: 3, received: 0 })).toEqual(counted(0));
});

it('is nothing of a job that Adobe did not do', () => {
  expect(view({ state: 'cancelled' })).toEqual(counted(0));
  expect(view({ state: 'timed_out' })).toEqual(counted(0));
  expect(view(failed('execution_lost'))).toEqual(counted(0));
});

it('is kept where Adobe may have billed the job', () => {
  for (const job of [
    failed('submit_outcome_unknown'),
    failed('job_given_up'),
    { state: 'timed_out', upstream } as const,
  ]) {
    expect(view(job)).toEqual({ ...counted(3), isUncertain: true });
  }
});

it('is nothing of a job that was answered with earlier outputs, and not told of jobs from before', () => {
  expect(view({ state: 'succeeded', cost: { estimated: 0, outputs: 0 }, reusedFrom: 'earlier' })).toEqual({
    ...counted(0),
    estimated: 0,
  });
  expect(view({ state: 'succeeded', cost: undefined })).toBeUndefined();
});
