/**
 * Does the same to many things, so many at a time.
 *
 * @throws the first error; what has been begun is then still finished, and nothing more is begun
 */
export const inParallel = async <Thing>(
  things: readonly Thing[],
  atOnce: number,
  work: (thing: Thing) => Promise<void>,
): Promise<void> => {
  let next = 0;
  let failed = false;
  const runner = async () => {
    while (next < things.length && !failed) {
      const thing = things[next++] as Thing;
      try {
        await work(thing);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const runners = await Promise.allSettled(Array.from({ length: Math.min(atOnce, things.length) }, runner));
  for (const runner of runners) if (runner.status === 'rejected') throw runner.reason;
};
