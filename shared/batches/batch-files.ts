/** The key prefix of files that become batches: `inbox/<team>/<anything>`. */
export const inboxPrefix = 'inbox/';

/** The key prefix of what the gateway keeps of batches. */
export const batchesPrefix = 'batches/';

/** Key of a batch's requests that came by HTTP rather than as an object in S3. */
export const inputKey = (batchId: string, extension: string): string => `${batchesPrefix}${batchId}/input.${extension}`;

/** The forms of a report. */
export const reportFormats = ['jsonl', 'csv'] as const;

export type ReportFormat = (typeof reportFormats)[number];

/** Key of a batch's report. */
export const reportKey = (batchId: string, format: ReportFormat): string =>
  `${batchesPrefix}${batchId}/report.${format}`;

/** Key of the requests as they are read into jobs, one a line. */
export const linesKey = (batchId: string): string => `${batchesPrefix}${batchId}/lines.txt`;

/** Key of a dropped file's receipt, which names its batch: it is derived from the file's key, the only thing that its owner knows. */
export const receiptKey = (key: string): string => `${batchesPrefix}receipts/${key.slice(inboxPrefix.length)}.json`;
