import type { S3Client } from '@aws-sdk/client-s3';
import type { Table } from '#shared/aws/table.ts';
import type { EventBus } from '#shared/events/publish.ts';
import type { Log } from '#shared/observability.ts';
import type { Codecs } from './codecs.ts';

/** What thumbnail works with; the handler makes one for the life of the process. */
export interface ThumbnailContext {
  table: Table;
  s3: S3Client;
  bucket: string;
  bus: EventBus;
  codecs: Codecs;
  log: Log;
}
