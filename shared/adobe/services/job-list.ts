import type * as z from 'zod';
import { GatewayError } from '../../errors.ts';
import type { JobPhase } from './job-progress.ts';
import type { ListQuery } from './list.ts';
import type { JobLinks } from './operation.ts';

/** A job in a list of its service. */
export interface ListedServiceJob {
  jobId: string;
  phase: JobPhase;
  /** How many outputs it asked for; undefined where nobody can know. */
  requested?: number;
  /** ISO. */
  createdAt: string;
  /** ISO; absent while it has not ended. */
  finishedAt?: string;
  links: JobLinks;
}

/** Which jobs are asked for. */
export interface ServiceJobQuery {
  limit: number;
  cursor?: string;
  /** All of them if undefined. */
  phases?: readonly JobPhase[];
  /** ISO; none before. */
  from: string;
  /** ISO; none after. */
  to?: string;
}

/**
 * A list of the jobs of an operation. Adobe's has those of all callers, by ids that the gateway's status calls do not know: each caller
 * gets its own from the gateway, in Adobe's shape.
 */
export interface ServiceJobList {
  path: `/${string}`;
  /** One line for the description of the API. */
  title: string;
  /** Name of the operation whose jobs are listed. */
  operation: string;
  query(): z.ZodObject;
  body(): z.ZodObject;
  /** @throws {JobListQueryError} if Adobe would refuse it */
  readQuery(query: ListQuery, nowMs: number): ServiceJobQuery;
  /** @param nextUrl of the next page; undefined on the last one */
  present(jobs: readonly ListedServiceJob[], nextUrl: string | undefined): Record<string, unknown>;
}

/** A query of a list is wrong, by Adobe's code. */
export class JobListQueryError extends GatewayError {}
