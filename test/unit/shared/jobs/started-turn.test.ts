import { describe, expect, it } from 'vitest';
import type { Job } from '#shared/jobs/job.ts';
import { toStartedTurn } from '#shared/jobs/started-turn.ts';
import { newJob } from '#test/fixtures/queue.ts';

const begunAt = Date.parse('2026-03-01T12:00:00.000Z');

const begun = (inMs: number, fields: Partial<Job> = {}): Job => {
  const { request: _, secretHeaders: __, ...record } = newJob({ jobId: 'job', lane: 'lane' });
  const at = new Date(begunAt).toISOString();
  const counters = { turn: 2, attempts: 0, resumes: 0, rank: '', round: 0 };
  return {
    ...record,
    ...counters,
    state: 'scheduled',
    history: [],
    createdAt: at,
    updatedAt: at,
    submitAt: begunAt + inMs,
    ...fields,
  };
};

const turn = { jobId: 'job', turn: 2 };

describe('what an execution is started with', () => {
  it('is its plan where it is to be suspended for long, or not at all', () => {
    const submit = { lane: 'lane', submitAt: begunAt + 10_000, isFar: true };
    expect(toStartedTurn(begun(10_000))).toEqual({ ...turn, submit });
    expect(toStartedTurn(begun(1_999))).toEqual({
      ...turn,
      submit: { lane: 'lane', submitAt: begunAt + 1_999, isFar: false },
    });
  });

  it.each([
    ['a late start might leave no time to be suspended for', begun(2_000)],
    ['so it might', begun(9_999)],
    ['the job has inputs', begun(30_000, { hasInputs: true })],
    ['it is not known whether it has', begun(30_000, { hasInputs: undefined })],
    ['Adobe has the job', begun(-30_000, { state: 'running' })],
  ])('is the turn alone where %s', (_, job) => {
    expect(toStartedTurn(job)).toEqual(turn);
  });
});
