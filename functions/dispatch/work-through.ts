import type { Clock } from '#shared/clock.ts';

/** How many items are read, and handled side by side, at a time. */
export const pageSize = 25;

/**
 * Handles item after item, those of a page side by side, until none is left or the time is over: the next run goes on. Pages
 * move past items that cannot be handled, however many there are.
 *
 * @param handle must not throw; says whether it did something
 * @returns how often it did
 */
export const workThrough = async <Item>(
  { now }: Clock,
  pages: AsyncIterable<Item[]>,
  maxMs: number,
  handle: (item: Item) => Promise<boolean>,
): Promise<number> => {
  const endsAt = now() + maxMs;
  let done = 0;
  for await (const page of pages) {
    done += (await Promise.all(page.map(handle))).filter(Boolean).length;
    if (now() >= endsAt) break;
  }
  return done;
};
