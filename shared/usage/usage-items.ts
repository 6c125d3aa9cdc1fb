import { jobPartitions } from '../deployment/tables.ts';
import type { Job } from '../jobs/job.ts';
import type { Entry } from './counter.ts';

/** What jobs of one kind cost on one day. */
export interface UsageKind {
  /** UTC day, such as `2026-03-01`. */
  day: string;
  caller: string;
  operation: string;
  /** Empty where the operation has one model only. */
  model: string;
  /** `key=value`; undefined for all jobs together, those with labels included. */
  label?: string | undefined;
}

// Callers and labels may hold any character.
const write = (...parts: string[]): string => parts.map(encodeURIComponent).join('#');

/** Where the sort keys of a caller's usage begin; with a day, those of that day. */
export const usagePrefix = (caller: string, day = ''): string => `${write(caller)}#${day}`;

/** The item that counts jobs of one kind. */
export const usageKey = ({ day, caller, operation, model, label }: UsageKind) => {
  const month = day.slice(0, 'yyyy-mm'.length);
  return label === undefined
    ? { pk: jobPartitions.usage(month), sk: write(caller, day, operation, model) }
    : { pk: jobPartitions.labelUsage(month), sk: write(caller, day, operation, model, label) };
};

/** Reads what {@link usageKey} wrote. */
export const parseUsageKey = (sortKey: string): UsageKind => {
  const [caller = '', day = '', operation = '', model = '', label] = sortKey.split('#').map(decodeURIComponent);
  return { day, caller, operation, model, label };
};

/** What an ended job adds to usage: once for all jobs, and once for each of its labels. */
export const usageItems = (
  job: Pick<Job, 'caller' | 'operation' | 'modelVersion' | 'received' | 'labels'>,
  at: string,
  actual: number,
): Entry[] => {
  const { caller, operation, modelVersion: model = '', received = 0, labels = {} } = job;
  const kind = { day: at.slice(0, 10), caller, operation, model };
  const amounts = { jobs: 1, outputs: received, cost: actual };
  const named = Object.entries(labels).map(([name, value]) => ({ ...kind, label: `${name}=${value}` }));
  return [kind, ...named].map((each) => ({ key: usageKey(each), amounts }));
};
