import { describe, expect, it } from 'vitest';
import { problemOfJob } from '#functions/api/jobs/job-failure.ts';
import type { Job, JobError } from '#shared/jobs/job.ts';

const failed = (error?: Omit<JobError, 'message'>) =>
  ({ jobId: 'id', state: 'failed', error: error && { message: 'said Adobe', ...error } }) as Job;

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
