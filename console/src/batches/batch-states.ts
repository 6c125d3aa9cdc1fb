import type { Batch } from './batch-types.ts';

/** What a batch's lines can have become, in the order in which a bar shows them. */
export const lineStates = [
  { key: 'succeeded', label: 'succeeded', look: 'good' },
  { key: 'partially_succeeded', label: 'succeeded in part', look: 'partly' },
  { key: 'failed', label: 'failed', look: 'bad' },
  { key: 'timed_out', label: 'timed out', look: 'bad' },
  { key: 'rejected', label: 'rejected', look: 'bad' },
  { key: 'cancelled', label: 'cancelled', look: 'off' },
  { key: 'unfinished', label: 'waiting or running', look: 'going' },
] as const satisfies readonly { key: keyof Batch['counts']; label: string; look: string }[];

/** A part of a bar: how many lines are in a state. */
export interface BarPart {
  label: string;
  look: string;
  count: number;
  /** Of all lines, 0 to 1. */
  share: number;
}

/** The parts of a batch's bar that are not empty, and how many lines have not been read yet. */
export const buildBar = ({ counts, lines }: Pick<Batch, 'counts' | 'lines'>): { parts: BarPart[]; unread: number } => {
  const read = lineStates.reduce((sum, { key }) => sum + counts[key], 0);
  const total = Math.max(lines ?? 0, read, 1);
  const parts = lineStates
    .map(({ key, label, look }) => ({ label, look, count: counts[key], share: counts[key] / total }))
    .filter(({ count }) => count > 0);
  return { parts, unread: Math.max(0, (lines ?? read) - read) };
};

const words: Record<Batch['status'], string> = {
  reading: 'Being read',
  running: 'Running',
  reporting: 'The report is being written',
  finished: 'Finished',
  refused: 'Refused',
  erasing: 'Being erased',
};

/** What a batch is doing, in words. */
export const describeState = (batch: Pick<Batch, 'status' | 'cancelRequestedAt' | 'waiting'>): string => {
  const { status, cancelRequestedAt, waiting } = batch;
  if (waiting !== undefined && status === 'reading') return 'Waits for room';
  if (cancelRequestedAt === undefined || status === 'erasing') return words[status];
  return status === 'finished' ? 'Cancelled' : 'Being cancelled';
};

/** What a person calls a batch: its file, the batch it repeats, or its id. */
export const nameBatch = ({ source, retryOf, batchId, labels }: Batch): string => {
  const label = labels?.['batch'];
  if (label !== undefined) return label;
  if (retryOf !== undefined) return `Retry of ${retryOf.slice(0, 8)}`;
  const file = source?.key.split('/').at(-1);
  return source?.key.startsWith('inbox/') && file !== undefined ? decodeFile(file) : `Batch ${batchId.slice(0, 8)}`;
};

const decodeFile = (name: string): string => {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
};
