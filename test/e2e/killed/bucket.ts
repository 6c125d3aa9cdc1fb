import { GetObjectCommand, ListObjectVersionsCommand, type S3Client } from '@aws-sdk/client-s3';
import { stackNames } from '#local/stack-settings.ts';
import { batchFolder, manifestName, reportKey, thumbnailKey, thumbnailWidths } from '#shared/deployment/bucket.ts';

/** An ended job, as far as the bucket holds something of it. */
export interface EndedJob {
  jobId: string;
  outputs: readonly { key: string }[];
}

/** How many versions of each key the bucket has. */
export const countVersions = async (s3: S3Client): Promise<Map<string, number>> => {
  const versions = new Map<string, number>();
  let KeyMarker: string | undefined;
  do {
    const page = await s3.send(new ListObjectVersionsCommand({ Bucket: stackNames.bucket, KeyMarker }));
    for (const { Key = '' } of page.Versions ?? []) versions.set(Key, (versions.get(Key) ?? 0) + 1);
    KeyMarker = page.IsTruncated ? page.NextKeyMarker : undefined;
  } while (KeyMarker !== undefined);
  return versions;
};

/** All keys that a run may leave in the bucket: outputs with what stands beside them, and the files of a batch. */
export const listExpectedKeys = (jobs: readonly EndedJob[], batchId: string): string[] => [
  ...jobs.flatMap(({ outputs }) =>
    outputs.flatMap((output, index) => [
      output.key,
      ...(index === 0 ? [output.key.replace(/[^/]+$/, manifestName)] : []),
      ...thumbnailWidths.map((width) => thumbnailKey(output, width)),
    ]),
  ),
  `${batchFolder(batchId)}input.jsonl`,
  reportKey(batchId, 'jsonl'),
  reportKey(batchId, 'csv'),
];

/** The bytes of an object. */
export const readObject = async (s3: S3Client, Key: string): Promise<Buffer> => {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: stackNames.bucket, Key }));
  return Buffer.from((await Body?.transformToByteArray()) ?? []);
};
