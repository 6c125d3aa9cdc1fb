import * as z from 'zod';
import { jobPartitions } from '../deployment/tables.ts';
import { once } from '../once.ts';
import { errorSchema } from './status-items.ts';
import { getItem, type Table, updateItem } from './table.ts';

/** What dispatch leaves of its last run. */
export const dispatchStatusSchema = once(() =>
  z.object({
    lastRunAt: z.iso.datetime(),
    /** The first failure of the run, if a part of it failed. */
    error: errorSchema().optional(),
    /** When a job last had to be ended because its record could not be written or read any more. */
    lastSetAsideAt: z.iso.datetime().optional(),
  }),
);

/** Outcome of the last run of dispatch; times are ISO. */
export type DispatchStatus = z.output<ReturnType<typeof dispatchStatusSchema>>;

const key = { pk: jobPartitions.status('dispatch'), sk: 'status' };

/** Reads how the last run of dispatch went; undefined before the first one. */
export const readDispatchStatus = async (table: Table): Promise<DispatchStatus | undefined> => {
  const item = await getItem(table, key);
  return item && dispatchStatusSchema().parse(item);
};

/** Leaves how a run went. Runs may overlap: the time at which a job was last set aside stays. */
export const writeDispatchRun = async (
  table: Table,
  { lastRunAt, error }: Omit<DispatchStatus, 'lastSetAsideAt'>,
): Promise<void> => {
  await updateItem(table, key, { set: { lastRunAt, error } });
};

/** @param at when a job was set aside, ISO */
export const writeSetAside = async (table: Table, at: string): Promise<void> => {
  await updateItem(table, key, { set: { lastSetAsideAt: at }, setIfAbsent: { lastRunAt: at } });
};
