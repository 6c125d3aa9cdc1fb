import type { Job } from '#shared/jobs/job.ts';
import type { LaneQueue } from '#shared/jobs/lanes/lane.ts';
import { queuedJobs, type ShortQueue } from '#shared/jobs/lanes/queue.ts';
import { type Priority, priorities } from '#shared/priority.ts';

/** The heads of a lane's queue by priority, read as late as possible and each handed out once, to however many ask at once. */
export class QueueHeads {
  readonly #heads: Record<Priority, Heads>;

  /**
   * @param groupSize how many are read at a time, at most
   * @param paused callers whose jobs are left out
   * @param listed the whole queue, if it has been read already
   */
  constructor(
    queue: LaneQueue,
    groupSize: number,
    { paused, listed }: { paused: ReadonlySet<string>; listed: ShortQueue | undefined },
  ) {
    const open = (priority: Priority) => new Heads(queuedJobs(queue, priority, groupSize, { without: paused, listed }));
    this.#heads = { high: open('high'), normal: open('normal'), low: open('low') };
  }

  async isEmpty(): Promise<boolean> {
    return (await this.count(1)) === 0;
  }

  /** How many jobs are left, counted up to a limit. */
  async count(limit: number): Promise<number> {
    let count = 0;
    for (const priority of priorities) {
      if (count < limit) count += await this.#heads[priority].count(limit - count);
    }
    return count;
  }

  /** The next job in an order of priorities; undefined if none is left. */
  async next(order: readonly Priority[]): Promise<Job | undefined> {
    for (const priority of order) {
      const job = await this.#heads[priority].next();
      if (job !== undefined) return job;
    }
    return undefined;
  }
}

/** The heads of one priority. */
class Heads {
  readonly #groups: AsyncGenerator<Job[]>;
  #read: Job[] = [];
  #reading: Promise<boolean> | undefined;

  constructor(groups: AsyncGenerator<Job[]>) {
    this.#groups = groups;
  }

  async count(limit: number): Promise<number> {
    while (this.#read.length < limit && (await this.#readMore()));
    return Math.min(limit, this.#read.length);
  }

  async next(): Promise<Job | undefined> {
    while (this.#read.length === 0 && (await this.#readMore()));
    return this.#read.shift();
  }

  /** One group at a time, whoever asks; false if there is none left. */
  #readMore(): Promise<boolean> {
    this.#reading ??= this.#readGroup().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  async #readGroup(): Promise<boolean> {
    const { value, done } = await this.#groups.next();
    if (done === true) return false;
    this.#read.push(...value);
    return true;
  }
}
