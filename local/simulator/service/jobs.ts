import { randomUUID } from 'node:crypto';
import type { Clock } from '#shared/clock.ts';
import type { ServiceJob } from './definition.ts';
import type { FileContent } from './files.ts';

/** The jobs of one service, oldest first, and the files that are hosted for them. */
export interface ServiceJobs {
  add(job: Pick<ServiceJob, 'clientId' | 'operation' | 'request' | 'fault'>): ServiceJob;
  find(jobId: string): ServiceJob | undefined;
  all(): readonly ServiceJob[];
  /** Moves a job on, unless it has ended; returns whether it did. */
  move(job: ServiceJob, change: Partial<Pick<ServiceJob, 'phase' | 'progress' | 'error'>>): boolean;
  /** Ends a job that has not ended; returns whether it did. */
  cancel(job: ServiceJob): boolean;
  /** Keeps a file; returns the number by which its URL names it. */
  host(file: FileContent): number;
  hosted(number: number): FileContent | undefined;
}

const isFinal = ({ phase }: ServiceJob): boolean => phase !== 'pending' && phase !== 'running';

/** Forgets the oldest jobs and files beyond `limit`. */
export const createServiceJobs = (clock: Clock, limit = 20_000): ServiceJobs => {
  const jobs = new Map<string, ServiceJob>();
  const files = new Map<number, FileContent>();
  let accepted = 0;
  let stored = 0;

  const forget = (map: Map<unknown, unknown>) => {
    const [oldest] = map.keys();
    if (map.size > limit) map.delete(oldest);
  };

  const move: ServiceJobs['move'] = (job, change) => {
    if (isFinal(job)) return false;
    Object.assign(job, change, { modifiedAt: clock.now() });
    return true;
  };

  return {
    add: (given) => {
      const now = clock.now();
      const times = { acceptedAt: now, modifiedAt: now };
      const start = { phase: 'pending' as const, progress: 0, inputs: [], outputs: [] };
      const job: ServiceJob = { ...given, ...times, ...start, jobId: randomUUID(), isOdd: accepted % 2 === 1 };
      accepted += 1;
      jobs.set(job.jobId, job);
      forget(jobs);
      return job;
    },
    find: (jobId) => jobs.get(jobId),
    all: () => [...jobs.values()],
    move,
    cancel: (job) => move(job, { phase: 'canceled' }),
    host: (file) => {
      stored += 1;
      files.set(stored, file);
      forget(files);
      return stored;
    },
    hosted: (number) => files.get(number),
  };
};
