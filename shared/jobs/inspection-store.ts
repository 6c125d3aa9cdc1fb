import { allOf, Condition, condition, exists } from '../aws/expressions.ts';
import { type Table, updateItem } from '../aws/table.ts';
import { type Inspection, inspectionName } from './inspection.ts';
import type { Job } from './job.ts';
import { jobKey, markChanged } from './job-store.ts';

/** Of an output with a place in the list of Adobe. */
interface InspectedOutput {
  jobId: string;
  /** From 0. */
  index: number;
}

const hasInspections = condition`attribute_exists(#inspections)`;

const isOpen = (name: string): Condition =>
  new Condition([`attribute_not_exists(#inspections.#${name}.#thumbnail)`], []);

/**
 * Counts that the inspection of an output begins, before what may end the process: a file that ends it twice is not tried again.
 *
 * @returns how often it has begun; undefined if it has ended already, or the record is gone
 */
export const beginInspection = async (
  table: Table,
  { jobId, index }: InspectedOutput,
  { inspections }: Pick<Job, 'inspections'>,
): Promise<Inspection | undefined> => {
  const name = inspectionName(index);
  if (inspections === undefined) {
    await updateItem(table, jobKey(jobId), { setIfAbsent: { inspections: {} }, when: exists });
  }
  const begun: Inspection = {
    attempts: 1 + (inspections?.[name]?.attempts ?? 0),
    begunAt: new Date(table.clock.now()).toISOString(),
  };
  const item = await updateItem(table, jobKey(jobId), {
    set: { [`inspections.${name}`]: begun },
    when: allOf(exists, hasInspections, isOpen(name)),
  });
  return item && begun;
};

/**
 * Takes back that an inspection has begun, as it failed for no fault of the file's. Where another one has begun
 * meanwhile, its count stays as it is.
 *
 * @param begun as `beginInspection` gave it
 */
export const takeBackInspection = async (
  table: Table,
  { jobId, index }: InspectedOutput,
  { attempts, begunAt }: Inspection,
): Promise<void> => {
  const name = inspectionName(index);
  await updateItem(table, jobKey(jobId), {
    set: { [`inspections.${name}.attempts`]: attempts - 1 },
    // Done again, as a lost answer may have it, it changes nothing more.
    when: allOf(
      new Condition(
        [`#inspections.#${name}.#attempts = `, ` AND #inspections.#${name}.#begunAt = `, ''],
        [attempts, begunAt],
      ),
      isOpen(name),
    ),
  });
};

/**
 * Writes what an inspection has found, in an attribute of its own: neither what generate writes nor the inspections of other outputs
 * are touched. The first of two that run at once wins.
 */
export const endInspection = async (
  table: Table,
  { jobId, index }: InspectedOutput,
  found: Inspection,
): Promise<void> => {
  const name = inspectionName(index);
  await updateItem(table, jobKey(jobId), {
    set: {
      [`inspections.${name}`]: found,
      inspectedAt: new Date(table.clock.now()).toISOString(),
      ...markChanged(table, jobId),
    },
    when: allOf(exists, hasInspections, isOpen(name)),
  });
};
