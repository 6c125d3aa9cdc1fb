import { describe, expect, it } from 'vitest';
import { retryAfterSeconds } from '#functions/api/jobs/job-status.ts';
import type { Job, JobState } from '#shared/jobs/job.ts';

const now = Date.parse('2026-03-01T12:00:00.000Z');
const job = (state: JobState, ageSeconds: number, submitInSeconds?: number) =>
  ({
    state,
    updatedAt: new Date(now - ageSeconds * 1000).toISOString(),
    submitAt: submitInSeconds === undefined ? undefined : now + submitInSeconds * 1000,
  }) as Job;

describe('retryAfterSeconds', () => {
  it.each([
    ['a job that was just accepted: soon', job('queued', 0), 1],
    ['one that waits for long: rarely', job('queued', 3_600), 15],
    ['one that has a time: at that time', job('scheduled', 1, 8.2), 9],
    ['one that has a late time: in between', job('scheduled', 1, 50), 15],
    ['one whose time has come: soon', job('scheduled', 2, -1), 1],
    ['one that is running for a while', job('running', 20), 5],
  ])('%s', (_, subject, seconds) => {
    expect(retryAfterSeconds(subject, now)).toBe(seconds);
  });

  it.each<JobState>(['succeeded', 'failed', 'cancelled', 'timed_out'])('is nothing once a job is %s', (state) => {
    expect(retryAfterSeconds(job(state, 1), now)).toBeUndefined();
  });
});
