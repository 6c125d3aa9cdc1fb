import { setTimeout } from 'node:timers/promises';
import type { RequestWindow } from '../../adobe/services/service.ts';
import { condition } from '../../aws/expressions.ts';
import { queryFirst } from '../../aws/table.ts';
import type { HeldPermit } from '../job.ts';
import { type Lane, lanePartition, maxShortWindowMs, maxUnansweredMs, shortWindows } from './lane.ts';
import { holdUntil, type Permit, permitKey, releasePermits, takeUntil } from './permits.ts';

// A turn that finds none of its window's slots free waits that much longer than the window; then it is requeued.
const slotPatienceMs = 3_000;
// How soon a turn notices that an answer has set the time of a slot; it is set a whole window ahead.
const slotPollMs = 250;

/** Waits that many ms. */
export type Sleep = (ms: number) => Promise<void>;

const sleepFor: Sleep = async (ms) => {
  await setTimeout(ms);
};

/** The slots of one submit, one in each short window of its lane. */
export interface ClaimedSlots {
  slots: HeldPermit[];
  /** Epoch ms from which on the submit may be sent. */
  startAt: number;
}

/**
 * Claims a slot in every short window of a lane and waits until they are free. A window of N requests has N slots. A slot is
 * taken before the submit is sent and comes free one window after its answer; as a request arrives between the two, no two
 * arrivals under one slot share a window, however long either was on its way. The slot of a crash stays taken for as long as
 * a request may be under way. See docs/adr/0013-slots-for-windows-of-seconds.md.
 *
 * @param startBy epoch ms after which the submit may not be sent any more
 * @returns undefined if no slot comes free in time
 */
export const claimSlots = async (
  lane: Lane,
  startBy: number,
  sleep: Sleep = sleepFor,
): Promise<ClaimedSlots | undefined> => {
  const claimed: ClaimedSlots = { slots: [], startAt: 0 };
  const waitUntil = Math.min(startBy, lane.table.clock.now() + maxShortWindowMs(lane.limits) + slotPatienceMs);
  for (const window of shortWindows(lane.limits)) {
    const claim = await claimSlot(lane, window, { waitUntil, startBy }, sleep);
    if (claim === undefined) {
      await releaseSlots(lane, claimed);
      return undefined;
    }
    claimed.slots.push(claim.slot);
    claimed.startAt = Math.max(claimed.startAt, claim.startAt);
  }
  const waitMs = claimed.startAt - lane.table.clock.now();
  if (waitMs > 0) await sleep(waitMs);
  return claimed;
};

const claimSlot = async (
  lane: Lane,
  window: RequestWindow,
  { waitUntil, startBy }: { waitUntil: number; startBy: number },
  sleep: Sleep,
): Promise<{ slot: HeldPermit; startAt: number } | undefined> => {
  const { clock } = lane.table;
  for (;;) {
    const next = pickSlot(await readSlots(lane, window), clock.now());
    if (next.freeAt <= waitUntil) {
      // A slot that is not free yet is claimed for the time at which it will be, so that nothing has to race for it then.
      const startAt = Math.max(next.freeAt, clock.now());
      const until = holdUntil(window, startBy + maxUnansweredMs);
      const slot = await takeUntil(lane, next, until, until);
      if (slot !== undefined) return { slot, startAt };
    } else {
      if (clock.now() + slotPollMs > waitUntil) return undefined;
      await sleep(slotPollMs);
    }
  }
};

const readSlots = async ({ table, name }: Lane, { seconds, hard }: RequestWindow): Promise<Permit[]> => {
  const where = condition`#pk = ${lanePartition(name)} AND begins_with(#sk, ${`permit#${seconds}#`})`;
  const items = await queryFirst(table, { where, consistent: true }, hard);
  const freeAts = new Map(items.map((item) => [item['sk'], Number(item['freeAt'])]));
  return Array.from({ length: hard }, (_, index) => {
    const slot = { window: seconds, index };
    return { ...slot, freeAt: freeAts.get(permitKey(name, slot).sk) ?? 0 };
  });
};

/** Any of the free slots, so that turns at the same moment do not all try the same one; else the one that is free first. */
const pickSlot = (slots: readonly Permit[], now: number): Permit => {
  const free = slots.filter(({ freeAt }) => freeAt <= now);
  const [first, ...others] = free.length > 0 ? [free[Math.floor(Math.random() * free.length)] as Permit] : slots;
  if (first === undefined) throw new RangeError('A window has at least one slot.');
  return others.reduce((best, slot) => (slot.freeAt < best.freeAt ? slot : best), first);
};

/** Gives the slots of a submit back that certainly was not and will not be sent. */
export const releaseSlots = ({ table, name }: Lane, { slots, startAt }: ClaimedSlots): Promise<void> =>
  releasePermits(table, { lane: name, permits: slots, submitAt: startAt });
