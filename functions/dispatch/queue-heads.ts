import { type Job, type Priority, priorities } from '#shared/jobs/job.ts';
import type { LaneQueue } from '#shared/jobs/lanes/lane.ts';
import { headOfQueue } from '#shared/jobs/lanes/queue.ts';

/** The heads of a lane's queue by priority, read as late as possible and each handed out once. */
export class QueueHeads {
  readonly #queue: LaneQueue;
  readonly #pageSize: number;
  readonly #heads = new Map<Priority, Job[]>();

  /** @param turns how many jobs are wanted at most */
  constructor(queue: LaneQueue, turns: number) {
    this.#queue = queue;
    // The index lags behind: heads that others have just claimed still stand in it.
    this.#pageSize = 3 * turns;
  }

  async isEmpty(): Promise<boolean> {
    for (const priority of priorities) if ((await this.#load(priority)).length > 0) return false;
    return true;
  }

  /** The next job in an order of priorities; undefined if none is left. */
  async next(order: readonly Priority[]): Promise<Job | undefined> {
    for (const priority of order) {
      const job = (await this.#load(priority)).shift();
      if (job !== undefined) return job;
    }
    return undefined;
  }

  async #load(priority: Priority): Promise<Job[]> {
    const known = this.#heads.get(priority);
    if (known !== undefined) return known;
    const jobs = await headOfQueue(this.#queue, priority, this.#pageSize);
    this.#heads.set(priority, jobs);
    return jobs;
  }
}
