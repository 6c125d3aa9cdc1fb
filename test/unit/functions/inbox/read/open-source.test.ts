import { ListObjectVersionsCommand, NoSuchKey, type S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { expect, it } from 'vitest';
import { openSource } from '#functions/inbox/read/formats/open-source.ts';

const own = { bucket: 'own', key: 'inbox/team/a.jsonl' };
const foreign = { bucket: 'pictures', key: 'a.jsonl' };
const lacks = (action: string) =>
  `User: arn:aws:sts::111122223333:assumed-role/inbox/inbox is not authorized to perform: ${action} on resource: "arn" because`;

const refuse = (name: string, message = 'Access Denied') =>
  new S3ServiceException({ name, message, $fault: 'client', $metadata: { httpStatusCode: 403 } });

const at = (hour: number, etag?: string) => ({
  Key: own.key,
  VersionId: String(hour),
  ETag: etag,
  LastModified: new Date(Date.UTC(2026, 0, 1, hour)),
});

const open = (error: Error, source: typeof own, listed: object = {}) => {
  const send = async (command: unknown) => {
    if (command instanceof ListObjectVersionsCommand) return listed;
    throw error;
  };
  return openSource({ s3: { send } as unknown as S3Client, bucket: own.bucket }, source);
};

const missing = new NoSuchKey({ message: 'The specified key does not exist.', $metadata: {} });

it.each<[string, string, Error, typeof own, object?]>([
  ['is not there', 'source_not_found', missing, own],
  ['has been replaced', 'source_not_found', refuse('PreconditionFailed'), own],
  ['is archived', 'source_not_readable', refuse('InvalidObjectState'), own],
  [
    'is gone, as S3 tells a role that may not list',
    'source_not_found',
    refuse('AccessDenied', lacks('s3:ListBucket')),
    foreign,
  ],
  [
    'lies in a bucket without a permission',
    'source_not_readable',
    refuse('AccessDenied', lacks('s3:GetObject')),
    foreign,
  ],
  ['has a key of KMS that may not be used', 'source_not_readable', refuse('AccessDenied', lacks('kms:Decrypt')), own],
  ['of another account may be either', 'source_not_found', refuse('AccessDenied'), foreign],
  ['of its own has no version', 'source_not_found', refuse('AccessDenied'), own],
  ['of its own is there', 'source_not_readable', refuse('AccessDenied'), own, { Versions: [at(1, '"a"')] }],
  [
    'of its own was deleted',
    'source_not_found',
    refuse('AccessDenied'),
    own,
    { Versions: [at(1, '"a"')], DeleteMarkers: [at(2)] },
  ],
])('a file that %s: %s', async (_, code, error, source, listed) => {
  await expect(open(error, source, listed)).rejects.toMatchObject({ code });
});

it('is read again later where S3 fails otherwise', async () => {
  const slow = refuse('SlowDown');
  await expect(open(slow, own)).rejects.toBe(slow);
});
