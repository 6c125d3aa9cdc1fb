import { batchInputKey } from '#shared/deployment/bucket.ts';

/** Everything of the victim's that a request can name as an image or a file. */
export const sources = (own: { uploadKey: string; done: string; batch: string }): string[] => {
  const inOwnBucket = [
    own.uploadKey,
    own.uploadKey.replace('/', '//'),
    `uploads/x/../${own.uploadKey.slice('uploads/'.length)}`,
    `outputs/2026/03/01/${own.done}/0.jpg`,
    `outputs/2026/03/01/${own.done}/job.json`,
    'inbox/caf\u00e9%2Fvictim/a.png',
    'inbox/caf\u00e9/victim/a.png',
    'inbox/bob/../caf\u00e9%2Fvictim/a.png',
    'inbox//caf\u00e9%2Fvictim/a.png',
    batchInputKey(own.batch, 'json'),
    `batches/${own.batch}/report.csv`,
    `batches/${own.batch}/lines.txt`,
    'batches/receipts/caf\u00e9%2Fvictim/a.png.json',
  ];
  return inOwnBucket.map((key) => `s3://outputs-bucket/${key}`);
};
