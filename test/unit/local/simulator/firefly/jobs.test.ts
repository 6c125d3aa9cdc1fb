import { describe, expect, it } from 'vitest';
import { createJobs, type NewJob } from '#local/simulator/firefly/jobs.ts';
import { generateImages } from '#local/simulator/firefly/operations/generate-images.ts';

describe('jobs', () => {
  const request = { prompt: 'x' };
  const job: NewJob = {
    clientId: 'c',
    operation: generateImages,
    model: 'image3',
    request,
    plan: generateImages.plan(request),
    pendingMs: 0,
    generationMs: 0,
  };

  it('are found by URN and by bare uuid, not by another URN', () => {
    const jobs = createJobs({ now: () => 0 });
    const { jobId, uuid } = jobs.add(job);
    expect(jobs.find(jobId)?.uuid).toBe(uuid);
    expect(jobs.find(uuid)?.uuid).toBe(uuid);
    expect(jobs.find(`urn:ff:jobs:other:${uuid}`)).toBeUndefined();
  });

  it('are forgotten beyond the limit, oldest first', () => {
    const jobs = createJobs({ now: () => 0 }, 2);
    const added = [job, job, job].map((given) => jobs.add(given).uuid);
    expect(jobs.all().map(({ uuid }) => uuid)).toEqual(added.slice(1));
  });

  it('are forgotten after a day', () => {
    let now = 0;
    const jobs = createJobs({ now: () => now });
    jobs.add(job);
    now = 86_400_000;
    const { uuid } = jobs.add(job);
    expect(jobs.all().map((kept) => kept.uuid)).toEqual([uuid]);
  });
});
