import { claimErasures } from '#shared/erasing/erasure.ts';
import type { DispatchContext } from './context.ts';

// Bounds the work of one run; the next minute goes on.
const maxErasures = 25;

/** Starts a durable execution for every erasure that is due: a new one, one that has waited, or one whose execution is lost. */
export const scheduleErasures = async ({
  table,
  startErasure,
  log,
}: Pick<DispatchContext, 'table' | 'startErasure' | 'log'>): Promise<{ erasures: number }> => {
  const runs = await claimErasures(table, maxErasures);
  for (const run of runs) {
    try {
      await startErasure(run, `${run.erasureId}-${run.run}`);
    } catch (error) {
      // It is due again when the execution would have to be lost.
      log.error('The durable execution of an erasure could not be started.', { ...run, error: String(error) });
    }
  }
  return { erasures: runs.length };
};
