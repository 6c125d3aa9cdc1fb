import type { Clock } from '#shared/clock.ts';

/** Reads something under a key, or gives what was read there a short while ago. */
export type Remembered<Value> = (key: string, read: () => Promise<Value>) => Promise<Value>;

/**
 * Makes a memory of this process: whatever asks for the same key at once or within `maxAgeMs` shares one read. A read that
 * fails is not remembered.
 *
 * @param options.maxKept how many keys are kept; then all are forgotten
 */
export const createMemory = <Value>(
  clock: Clock,
  { maxAgeMs, maxKept }: { maxAgeMs: number; maxKept: number },
): Remembered<Value> => {
  const known = new Map<string, { value: Promise<Value>; readAt: number }>();
  return (key, read) => {
    const now = clock.now();
    const kept = known.get(key);
    if (kept !== undefined && now - kept.readAt < maxAgeMs) return kept.value;
    if (known.size >= maxKept) known.clear();
    const entry = { value: read(), readAt: now };
    known.set(key, entry);
    entry.value.catch(() => {
      if (known.get(key) === entry) known.delete(key);
    });
    return entry.value;
  };
};
