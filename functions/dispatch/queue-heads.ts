import type { Job } from '#shared/jobs/job.ts';
import type { LaneQueue } from '#shared/jobs/lanes/lane.ts';
import { queuedJobs } from '#shared/jobs/lanes/queue.ts';
import { type Priority, priorities } from '#shared/priority.ts';

// A page of DynamoDB ends at 1 MB anyway.
const maxPageSize = 100;

/** The heads of a lane's queue by priority, read as late as possible and each handed out once. */
export class QueueHeads {
  readonly #queue: LaneQueue;
  readonly #pageSize: number;
  readonly #paused: ReadonlySet<string>;
  readonly #rest = new Map<Priority, AsyncGenerator<Job>>();
  /** The next job of a priority; undefined once there is none. */
  readonly #heads = new Map<Priority, Job | undefined>();

  /**
   * @param turns how many jobs are wanted at most
   * @param paused callers whose jobs are left out
   */
  constructor(queue: LaneQueue, turns: number, paused: ReadonlySet<string>) {
    this.#queue = queue;
    this.#paused = paused;
    // The index lags behind: heads that others have just claimed still stand in it.
    this.#pageSize = Math.min(maxPageSize, 3 * turns);
  }

  async isEmpty(): Promise<boolean> {
    for (const priority of priorities) if ((await this.#head(priority)) !== undefined) return false;
    return true;
  }

  /** The next job in an order of priorities; undefined if none is left. */
  async next(order: readonly Priority[]): Promise<Job | undefined> {
    for (const priority of order) {
      const job = await this.#head(priority);
      if (job === undefined) continue;
      this.#heads.delete(priority);
      return job;
    }
    return undefined;
  }

  async #head(priority: Priority): Promise<Job | undefined> {
    if (this.#heads.has(priority)) return this.#heads.get(priority);
    const rest = this.#rest.get(priority) ?? queuedJobs(this.#queue, priority, this.#pageSize, this.#paused);
    this.#rest.set(priority, rest);
    const { value, done } = await rest.next();
    const job = done === true ? undefined : value;
    this.#heads.set(priority, job);
    return job;
  }
}
