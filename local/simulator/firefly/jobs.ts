import { randomInt, randomUUID } from 'node:crypto';
import type { Clock } from '#shared/clock.ts';
import type { JobFault } from '../faults/definitions.ts';
import type { Plan, SimulatedOperation } from './operation.ts';

/** A generation job; what it is doing at a moment follows from its times alone (`jobState`). */
export interface Job {
  /** `urn:ff:jobs:<shard>:<uuid>` */
  jobId: string;
  uuid: string;
  clientId: string;
  operation: SimulatedOperation;
  model: string;
  request: Readonly<Record<string, unknown>>;
  /** What is made for the request. */
  plan: Plan;
  /** One for each output. */
  seeds: number[];
  /** Epoch ms, as all times of a job. */
  acceptedAt: number;
  runningAt: number;
  endsAt: number;
  cancelledAt?: number;
  /** What was switched on for it when it was accepted. */
  fault?: JobFault;
}

/** What a job is made from. */
export interface NewJob extends Pick<Job, 'clientId' | 'operation' | 'model' | 'request' | 'plan' | 'fault'> {
  pendingMs: number;
  generationMs: number;
}

/** The jobs of one simulator, oldest first. */
export interface Jobs {
  add(job: NewJob): Job;
  /** @param id the URN, or the uuid alone */
  find(id: string): Job | undefined;
  all(): readonly Job[];
}

const shard = 'sim851211';
const jobIdPattern = /^(?:urn:ff:jobs:[a-z0-9]+:)?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

// Adobe does not say how long a finished job can be queried.
const maxAgeMs = 86_400_000;

/** Whether a text could be the id of a job. */
export const isJobId = (text: string): boolean => jobIdPattern.test(text);

/** Forgets jobs after a day, and the oldest beyond `limit`. */
export const createJobs = (clock: Clock, limit = 20_000): Jobs => {
  const jobs = new Map<string, Job>();

  const forget = (now: number) => {
    for (const [uuid, { acceptedAt }] of jobs) {
      if (jobs.size <= limit && acceptedAt > now - maxAgeMs) return;
      jobs.delete(uuid);
    }
  };

  return {
    add: ({ pendingMs, generationMs, ...given }) => {
      const { plan, fault } = given;
      const acceptedAt = clock.now();
      const runningAt = acceptedAt + (fault?.pendingMs ?? pendingMs);
      const endsAt = runningAt + (fault?.generationMs ?? generationMs);
      const uuid = randomUUID();
      const seeds = Array.from({ length: plan.outputs }, (_, index) => plan.seeds[index] ?? randomInt(2 ** 31));
      const job = { ...given, uuid, jobId: `urn:ff:jobs:${shard}:${uuid}`, seeds, acceptedAt, runningAt, endsAt };
      jobs.set(uuid, job);
      forget(acceptedAt);
      return job;
    },
    find: (id) => {
      const job = jobs.get(id.slice(-36).toLowerCase());
      return job && (id.length === 36 || id === job.jobId) ? job : undefined;
    },
    all: () => [...jobs.values()],
  };
};
