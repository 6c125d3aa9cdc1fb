import { describe, expect, it } from 'vitest';
import { problemOfJob, retryAfter } from '#functions/api/jobs/responses.ts';
import type { Job, JobError, JobState } from '#shared/jobs/job.ts';

const failed = (error?: Omit<JobError, 'message'>) =>
  ({
    jobId: 'id',
    operation: 'images/generate',
    state: 'failed',
    error: error && { message: 'said Adobe', ...error },
  }) as Job;

describe('problemOfJob', () => {
  it.each<[Omit<JobError, 'message'> | undefined, number]>([
    [{ code: 'validation_error', upstreamStatus: 422 }, 422],
    [{ code: 'access_error', upstreamStatus: 403 }, 403],
    [{ code: 'runtime_error', upstreamStatus: 500 }, 500],
    // A job that failed in a status body, which came with HTTP 200.
    [{ code: 'image_unsafe', upstreamStatus: 200 }, 451],
    [{ code: 'validation_error' }, 422],
    [{ code: 'something_new' }, 502],
    // The gateway's token, not the caller's.
    [{ code: '401013', upstreamStatus: 401 }, 502],
    [undefined, 502],
  ])('%j becomes %i', (error, status) => {
    expect(problemOfJob(failed(error), {}).status).toBe(status);
  });

  it("keeps Adobe's code and message", () => {
    const problem = problemOfJob(failed({ code: 'prompt_unsafe' }), { link: '<x>' });
    expect(problem).toMatchObject({
      code: 'prompt_unsafe',
      message: 'said Adobe',
      details: { headers: { link: '<x>' }, extensions: { jobId: 'id' } },
    });
  });
});

const now = Date.parse('2026-03-01T12:00:00.000Z');
const job = (state: JobState, ageSeconds: number, submitInSeconds?: number) =>
  ({
    state,
    updatedAt: new Date(now - ageSeconds * 1000).toISOString(),
    submitAt: submitInSeconds === undefined ? undefined : now + submitInSeconds * 1000,
  }) as Job;

describe('retryAfter', () => {
  it.each([
    ['a job that was just accepted: soon', job('queued', 0), 1],
    ['one that waits for long: rarely', job('queued', 3_600), 15],
    ['one that has a time: at that time', job('scheduled', 1, 8.2), 9],
    ['one that has a late time: in between', job('scheduled', 1, 50), 15],
    ['one whose time has come: soon', job('scheduled', 2, -1), 1],
    ['one that is running for a while', job('running', 20), 5],
  ])('%s', (_, subject, seconds) => {
    expect(retryAfter(subject, now)).toEqual({ 'retry-after': String(seconds) });
  });

  it.each<JobState>(['succeeded', 'failed', 'cancelled', 'timed_out'])('is nothing once a job is %s', (state) => {
    expect(retryAfter(job(state, 1), now)).toEqual({});
  });
});
