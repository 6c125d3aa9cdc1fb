import type { Table } from '#shared/aws/table.ts';
import { isFinal } from '#shared/jobs/job.ts';
import { getJob } from '#shared/jobs/job-store.ts';
import { decideReservation } from '#shared/usage/budget.ts';
import { getReservation, moveReservation, overdueReservations, type Reservation } from '#shared/usage/reservation.ts';
import { releaseReservation, settleJob } from '#shared/usage/settlement.ts';
import type { DispatchContext } from './context.ts';
import { pageSize, workThrough } from './work-through.ts';

const maxMs = 4_000;
// A job that waits for its turn or is at Adobe: its own end settles what it costs.
const checkOpenMs = 6 * 3_600_000;

/** What the recovery of costs works with. */
export type CostsContext = Pick<DispatchContext, 'table' | 'log'>;

/**
 * Settles what a crash left reserved: a reservation whose job was never made is given back, and one of a job that has ended becomes
 * what the job cost.
 *
 * @returns how many reservations that was
 */
export const recoverCosts = (context: CostsContext): Promise<number> => {
  const { table } = context;
  return workThrough(table.clock, overdueReservations(table, pageSize), maxMs, (known) => tryToRecover(context, known));
};

/** One that cannot be settled makes room for those behind it; the next run tries again. */
const tryToRecover = async (context: CostsContext, known: Reservation): Promise<boolean> => {
  try {
    return await recover(context.table, known);
  } catch (error) {
    context.log.error('What a job cost could not be settled; the next run tries again.', {
      jobId: known.jobId,
      error: String(error),
    });
    return false;
  }
};

const recover = async (table: Table, known: Reservation): Promise<boolean> => {
  if (known.state === 'reserving') {
    await decideReservation(table, known);
    const decided = await getReservation(table, known);
    return decided?.state === 'reserved' ? recover(table, decided) : true;
  }
  const job = await getJob(table, known.jobId);
  if (job === undefined || job.requestHash !== known.requestHash) {
    await releaseReservation(table, known);
    return true;
  }
  if (isFinal(job.state)) {
    await settleJob(table, job);
    return true;
  }
  await moveReservation(table, known, known, checkOpenMs);
  return false;
};
