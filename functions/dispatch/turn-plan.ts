import type { HeldPermit } from '#shared/jobs/job.ts';
import { type Lane, lookaheadMs } from '#shared/jobs/lanes/lane.ts';
import { claimableFrom, claimPermit, type Permit, releasePermits } from '#shared/jobs/lanes/permits.ts';
import { claimSubmitTime } from '#shared/jobs/lanes/schedule.ts';
import type { LaneSnapshot } from '#shared/jobs/lanes/snapshot.ts';

/** When a turn may be submitted, and under which permits. */
export interface PlannedTurn {
  submitAt: number;
  permits: HeldPermit[];
}

/** The turns that a lane has room for within the next minute, claimed one by one. */
export class TurnPlan {
  readonly #lane: Lane;
  readonly #start: number;
  readonly #horizon: number;
  /** Permits of each planned window that have not been tried, those that come free first in front. */
  readonly #windows: Permit[][];

  /** @param random spreads concurrent dispatchers over the permits; between 0 and 1 */
  constructor(lane: Lane, { pause, windows }: LaneSnapshot, random: () => number) {
    const now = lane.table.clock.now();
    this.#lane = lane;
    this.#start = Math.max(now, pause?.until ?? 0);
    this.#horizon = now + lookaheadMs;
    this.#windows = windows.map(({ permits }) => {
      const first = Math.floor(random() * permits.length);
      return [...permits.slice(first), ...permits.slice(0, first)].sort(
        (a, b) => Math.max(claimableFrom(a), this.#start) - Math.max(claimableFrom(b), this.#start),
      );
    });
  }

  /** Whether there is room for a turn, as far as the snapshot shows. */
  get hasRoom(): boolean {
    const earliest = this.#earliest();
    return earliest !== undefined && earliest <= this.#horizon;
  }

  /** Whether the next turn may start at once: no pause is ahead. */
  get startsNow(): boolean {
    return this.#start <= this.#lane.table.clock.now();
  }

  /** Claims the next submit time with a permit of each planned window; undefined if there is none within the next minute. */
  async claimNext(): Promise<PlannedTurn | undefined> {
    for (;;) {
      const earliest = this.#earliest();
      if (earliest === undefined) return undefined;
      const submitAt = await claimSubmitTime(this.#lane, earliest, this.#horizon);
      if (submitAt === undefined) return undefined;
      const permits = await this.#claimPermits(submitAt);
      if (permits !== undefined) return { submitAt, permits };
    }
  }

  #earliest(): number | undefined {
    let earliest = this.#start;
    for (const [next] of this.#windows) {
      if (next === undefined) return undefined;
      earliest = Math.max(earliest, claimableFrom(next));
    }
    return earliest;
  }

  /** All or nothing: other dispatchers may take permits that the snapshot shows as free. */
  async #claimPermits(submitAt: number): Promise<HeldPermit[] | undefined> {
    const { table, name } = this.#lane;
    const permits: HeldPermit[] = [];
    for (const window of this.#windows) {
      const permit = await this.#claimOne(window, submitAt);
      if (permit === undefined) {
        await releasePermits(table, { lane: name, permits, submitAt });
        return undefined;
      }
      permits.push(permit);
    }
    return permits;
  }

  async #claimOne(window: Permit[], submitAt: number): Promise<HeldPermit | undefined> {
    for (let next = window[0]; next !== undefined && claimableFrom(next) <= submitAt; next = window[0]) {
      window.shift();
      const claimed = await claimPermit(this.#lane, next, submitAt);
      if (claimed !== undefined) return claimed;
    }
    return undefined;
  }
}
