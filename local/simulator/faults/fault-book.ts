import { randomUUID } from 'node:crypto';
import type { ReceivedRequest } from '../http/request.ts';
import { type Fault, faultSchema, type JobFault, type RequestFault } from './definitions.ts';

/** A fault that is switched on. */
export interface ActiveFault {
  id: string;
  fault: RequestFault | JobFault;
  /** How many matching requests or jobs it has seen, those it let pass included. */
  seen: number;
}

/** The faults of one simulator. */
export interface Faults {
  /**
   * Switches a fault on.
   *
   * @returns its id
   * @throws {ZodError} when the definition is impossible
   */
  add(fault: Fault): string;
  /** Switches every fault off. */
  clear(): void;
  active(): readonly ActiveFault[];
  /** The faults that meet this request, oldest first; counts it. */
  takeForRequest(request: ReceivedRequest): RequestFault[];
  /** The oldest fault that meets this job; counts it. */
  takeForJob(job: MetJob): JobFault | undefined;
}

/** What faults choose jobs by. */
export interface MetJob {
  service: string;
  /** Of the request. */
  path: string;
  /** What the job is to show or say. */
  prompt: string;
}

/** Starts with no fault. */
export const createFaults = (): Faults => {
  const book = new Map<string, ActiveFault>();

  const meets = (active: ActiveFault): boolean => {
    const { skip, times } = active.fault;
    active.seen += 1;
    const met = active.seen > skip;
    if (times !== undefined && active.seen >= skip + times) book.delete(active.id);
    return met;
  };

  return {
    add: (definition) => {
      const id = randomUUID();
      book.set(id, { id, fault: faultSchema.parse(definition), seen: 0 });
      return id;
    },
    clear: () => book.clear(),
    active: () => [...book.values()],

    takeForRequest: (request) => {
      const met: RequestFault[] = [];
      for (const active of [...book.values()]) {
        if (active.fault.fault !== 'job' && matchesRequest(active.fault, request) && meets(active))
          met.push(active.fault);
      }
      return met;
    },

    takeForJob: (job) => {
      for (const active of [...book.values()]) {
        const { fault } = active;
        if (fault.fault === 'job' && matchesJob(fault, job) && meets(active)) return fault;
      }
      return undefined;
    },
  };
};

const matchesRequest = (fault: RequestFault, { service, method, path }: ReceivedRequest): boolean =>
  (fault.service ?? service) === service &&
  (fault.method ?? method).toUpperCase() === method &&
  path.includes(fault.path ?? '');

const matchesJob = (fault: JobFault, { service, path, prompt }: MetJob): boolean =>
  (fault.service ?? service) === service && path.includes(fault.path ?? '') && prompt.includes(fault.prompt ?? '');
