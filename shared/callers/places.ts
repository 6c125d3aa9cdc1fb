import pMap from 'p-map';
import { v7 } from 'uuid';
import { condition } from '../aws/expressions.ts';
import type { Item } from '../aws/items.ts';
import {
  getItem,
  type ItemKey,
  putItem,
  queryItems,
  removeItem,
  type Table,
  ttlAfter,
  updateItem,
} from '../aws/table.ts';
import { jobPartitions } from '../deployment/tables.ts';

/** What a caller may have a limited number of at once. */
export interface PlaceKind {
  /** Beginning of the sort keys. */
  name: 'queued-jobs' | 'open-batches';
  /** Finds out which of some ids, at most a few hundred, are over; those that are not there are left out. */
  findStates(table: Table, ids: readonly string[]): Promise<Map<string, 'open' | 'over'>>;
}

// Longer than the run of any function between the place and the job or batch that it is for.
const abandonedAfterMs = 20 * 60_000;

// Longer than any job waits.
const placeRetentionSeconds = 90 * 86_400;

const recountIntervalMs = 2_000;
const placesPerMs = 1;
const checkedAtOnce = 500;
const concurrency = 16;

/** A place that was taken; it is free again once what it was taken for is over. */
export interface Place {
  id: string;
  key: Required<ItemKey>;
}

const counterKey = (caller: string, { name }: PlaceKind) => ({ pk: jobPartitions.caller(caller), sk: name });

const placePrefix = ({ name }: PlaceKind): string => `${name}#`;

/**
 * Takes places for some ids, in their order, as many as there are. The items of the places are written before they are counted, and the counter only
 * rises: it is never below the number of places that are in use, so that no more are given than the limit has, however many ask at once and
 * wherever one crashes. Only when the counter has reached the limit are the places counted anew, without those whose jobs are over.
 *
 * @param toName the part of a place's key that tells it from others: by default new for each. Where it follows from the id, places that
 * a process left behind are found again rather than taken twice; no two processes may then want one for the same id.
 * @returns the places that were taken: of the first ids
 */
export const takePlaces = async (
  table: Table,
  kind: PlaceKind,
  caller: string,
  ids: readonly string[],
  limit: number,
  toName: (id: string) => string = () => v7(),
): Promise<Place[]> => {
  const placedAt = table.clock.now();
  const expiresAt = ttlAfter(table, placeRetentionSeconds);
  const places = ids.slice(0, limit).map((id) => ({
    id,
    key: { pk: jobPartitions.caller(caller), sk: `${placePrefix(kind)}${toName(id)}` },
  }));
  const write = ({ id, key }: Place) => putItem(table, { ...key, id, placedAt, expiresAt });
  await pMap(places, write, { concurrency });
  const taken = await count(table, kind, caller, places, limit);
  await leavePlaces(table, places.slice(taken));
  return places.slice(0, taken);
};

/** Leaves places for which nothing was made. They stay counted until the counter reaches the limit. */
export const leavePlaces = async (table: Table, places: readonly Place[]): Promise<void> => {
  await pMap(places, ({ key }) => removeItem(table, key), { concurrency });
};

const count = async (
  table: Table,
  kind: PlaceKind,
  caller: string,
  places: readonly Place[],
  limit: number,
): Promise<number> => {
  const wanted = places.length;
  let isRecounted = false;
  for (let taking = wanted; taking > 0; ) {
    const counted = await updateItem(table, counterKey(caller, kind), {
      add: { places: taking, revision: 1 },
      set: { expiresAt: ttlAfter(table, placeRetentionSeconds) },
      when: condition`attribute_not_exists(#places) OR #places <= ${limit - taking}`,
    });
    if (counted !== undefined) return taking;
    const left = limit - (await readPlaces(table, kind, caller));
    if (left < wanted && !isRecounted) {
      isRecounted = true;
      await recountPlaces(table, kind, caller, places);
    } else taking = Math.min(taking, left);
  }
  return 0;
};

/** How many places are counted as taken; more than there are until the counter reaches its limit. */
export const readPlaces = async (table: Table, kind: PlaceKind, caller: string): Promise<number> => {
  const counter = await getItem(table, counterKey(caller, kind));
  return Number(counter?.['places'] ?? 0);
};

/**
 * Counts the places anew, unless that was done a moment ago: those of what is over are free, as are those that a crash left without a job. Of many
 * places some hundred are looked at each time, in turn.
 *
 * @param uncounted places that are written and not counted yet: they are counted or left after this
 */
export const recountPlaces = async (
  table: Table,
  kind: PlaceKind,
  caller: string,
  uncounted: readonly Place[] = [],
): Promise<void> => {
  const key = counterKey(caller, kind);
  const counter = await getItem(table, key);
  if (counter === undefined) return;
  const now = table.clock.now();
  const { places = 0, revision = 0, recountedAt = 0, checkedTo = '' } = counter;
  if (now - Number(recountedAt) < recountIntervalMs + Number(places) / placesPerMs) return;
  const claim = await updateItem(table, key, {
    set: { recountedAt: now },
    add: { revision: 1 },
    when: condition`#revision = ${revision}`,
  });
  if (claim === undefined) return;
  const without = new Set(uncounted.map(({ key: { sk } }) => sk));
  const all = (await readAll(table, kind, caller)).filter(({ key: { sk } }) => !without.has(sk));
  const behind = all.filter(({ key: { sk } }) => sk > String(checkedTo));
  const looked = [...behind, ...all.slice(0, all.length - behind.length)].slice(0, checkedAtOnce);
  const states = await kind.findStates(
    table,
    looked.map(({ id }) => id),
  );
  const free = looked.filter(({ id, placedAt }) => {
    const state = states.get(id);
    return state === undefined ? placedAt + abandonedAfterMs < now : state === 'over';
  });
  await leavePlaces(table, free);
  // Both are at least what is in use: the counter without what was counted and is over, and the places, of which some are not counted yet.
  const over = free.filter(({ id }) => states.get(id) === 'over').length;
  const inUse = Math.max(0, Math.min(Number(places) - over, all.length - free.length));
  // Any count meanwhile raised the revision: then the places that were read are not all, and the counter stays as it is.
  await updateItem(table, key, {
    set: { places: inUse, checkedTo: looked.at(-1)?.key.sk ?? '' },
    add: { revision: 1 },
    when: condition`#revision = ${Number(claim['revision'])}`,
  });
};

type StoredPlace = Place & { placedAt: number };

const readAll = async (table: Table, kind: PlaceKind, caller: string): Promise<StoredPlace[]> => {
  const where = condition`#pk = ${jobPartitions.caller(caller)} AND begins_with(#sk, ${placePrefix(kind)})`;
  const places: StoredPlace[] = [];
  for await (const item of queryItems(table, { where, consistent: true })) places.push(parsePlace(item));
  return places;
};

const parsePlace = (item: Item): StoredPlace => ({
  id: String(item['id']),
  key: { pk: String(item['pk']), sk: String(item['sk']) },
  placedAt: Number(item['placedAt']),
});
