import { useState } from 'react';
import { addMadeJob, loadMadeJobs, type MadeJob, saveMadeJobs } from './made-jobs.ts';

/** The jobs that were made last from this tab, newest first. */
export const useMadeJobs = (): { jobs: readonly MadeJob[]; add(job: MadeJob): void } => {
  const [jobs, setJobs] = useState<readonly MadeJob[]>(() => loadMadeJobs(sessionStorage));
  const add = (job: MadeJob) => {
    const next = addMadeJob(loadMadeJobs(sessionStorage), job);
    saveMadeJobs(sessionStorage, next);
    setJobs(next);
  };
  return { jobs, add };
};
