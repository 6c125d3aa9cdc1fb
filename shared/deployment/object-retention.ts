import { prefixes } from './bucket.ts';
import type { Settings } from './settings.ts';

/** The settings that say how long objects are kept. */
export type ObjectRetention = Pick<Settings, 'outputRetentionDays' | 'uploadRetentionDays' | 'batchRetentionDays'>;

/** After how many days the objects under a prefix are deleted. */
export interface Expiration {
  /** Names the rule. */
  id: string;
  prefix: string;
  days: number;
}

// What is there after its job has ended was left by a crash, or written by a job that failed.
const incomingDays = 2;

/** After how many days an upload in parts is given up that was never completed. */
export const unfinishedUploadDays = 1;

/** What expires in the bucket, and when; what is under no prefix of these stays until it is deleted. */
export const listExpirations = ({
  outputRetentionDays,
  uploadRetentionDays,
  batchRetentionDays,
}: ObjectRetention): Expiration[] =>
  (
    [
      ['incoming', incomingDays],
      ['uploads', uploadRetentionDays],
      ['outputs', outputRetentionDays],
      ['thumbnails', outputRetentionDays],
      ['inbox', batchRetentionDays],
      ['batches', batchRetentionDays],
    ] as const
  ).flatMap(([id, days]) => (days === undefined ? [] : [{ id, prefix: prefixes[id], days }]));
