import type { Log } from '#shared/observability.ts';

/**
 * Runs the parts of a dispatch one after the other; one that fails does not keep the next from running.
 *
 * @returns what the parts return, in one object
 * @throws {Error} the first failure, once every part has run, so that the invocation counts as failed
 */
export const runParts = async (
  log: Log,
  parts: Record<string, () => Promise<Record<string, number>>>,
): Promise<Record<string, number>> => {
  const counts: Record<string, number> = {};
  const failures: unknown[] = [];
  for (const [part, run] of Object.entries(parts)) {
    try {
      Object.assign(counts, await run());
    } catch (error) {
      log.error('A part of the dispatch failed; the others run all the same.', { part, error: String(error) });
      failures.push(error);
    }
  }
  log.info('dispatched', counts);
  if (failures.length > 0) throw failures[0];
  return counts;
};
