import type { HeldPermit } from '#shared/jobs/job.ts';
import { type Lane, lookaheadMs } from '#shared/jobs/lanes/lane.ts';
import { claimableFrom, claimPermit, type Permit, releasePermits } from '#shared/jobs/lanes/permits.ts';
import { claimSubmitTimes } from '#shared/jobs/lanes/schedule.ts';
import type { LaneSnapshot } from '#shared/jobs/lanes/snapshot.ts';

/** When a turn may be submitted, and under which permits. */
export interface PlannedTurn {
  submitAt: number;
  permits: HeldPermit[];
}

/** The turns that a lane has room for within the next minute, claimed some at a time. */
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

  /**
   * Claims submit times, each with a permit of every planned window, side by side. What cannot be claimed because of a failure stays
   * as it is: the claim may have happened.
   *
   * @returns at most that many turns: fewer, or none, where other dispatchers took permits; undefined if the next minute is full
   * @throws {Error} the first failure, if nothing could be claimed
   */
  async claimNext(count: number): Promise<PlannedTurn[] | undefined> {
    const picked = this.#pick(count);
    const times = await claimSubmitTimes(
      this.#lane,
      picked.map(({ earliest }) => earliest),
      this.#horizon,
    );
    if (times.length === 0) return undefined;
    const claims = await Promise.allSettled(
      times.map((submitAt, index) => this.#claimPermits(picked[index]?.permits ?? [], submitAt)),
    );
    const failed = claims.find((claim) => claim.status === 'rejected');
    const turns = claims.flatMap((claim) => (claim.status === 'fulfilled' && claim.value) || []);
    if (failed !== undefined && turns.length === 0) throw failed.reason;
    return turns;
  }

  #earliest(index = 0): number | undefined {
    let earliest = this.#start;
    for (const window of this.#windows) {
      const next = window[index];
      if (next === undefined) return undefined;
      earliest = Math.max(earliest, claimableFrom(next));
    }
    return earliest;
  }

  /** Takes the permits of the next turns from those that have not been tried. */
  #pick(count: number): { earliest: number; permits: Permit[] }[] {
    const picked = [];
    for (let index = 0; index < count; index += 1) {
      const earliest = this.#earliest(index);
      if (earliest === undefined || earliest > this.#horizon) break;
      picked.push({ earliest, permits: this.#windows.flatMap((window) => window[index] ?? []) });
    }
    for (const window of this.#windows) window.splice(0, picked.length);
    return picked;
  }

  /** All or nothing: other dispatchers may take permits that the snapshot shows as free. */
  async #claimPermits(picked: readonly Permit[], submitAt: number): Promise<PlannedTurn | undefined> {
    const { table, name } = this.#lane;
    const permits: HeldPermit[] = [];
    for (const [index, first] of picked.entries()) {
      const permit = await this.#claimOne(first, this.#windows[index] ?? [], submitAt);
      if (permit === undefined) {
        await releasePermits(table, { lane: name, permits, submitAt });
        return undefined;
      }
      permits.push(permit);
    }
    return { submitAt, permits };
  }

  async #claimOne(first: Permit, others: Permit[], submitAt: number): Promise<HeldPermit | undefined> {
    for (let next: Permit | undefined = first; next !== undefined; ) {
      const claimed = await claimPermit(this.#lane, next, submitAt);
      if (claimed !== undefined) return claimed;
      const [other] = others;
      next = other !== undefined && claimableFrom(other) <= submitAt ? others.shift() : undefined;
    }
    return undefined;
  }
}
