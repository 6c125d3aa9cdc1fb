import { randomUUID } from 'node:crypto';
import type { BusEvent } from '../eventbridge.ts';
import type { ObjectCreated } from './s3-app.ts';

/** The event that S3 puts on the default bus for a new object, once EventBridge is switched on for its bucket. */
export const objectCreatedEvent = ({ bucket, key, size, etag, reason }: ObjectCreated): BusEvent => ({
  version: '0',
  id: randomUUID(),
  'detail-type': 'Object Created',
  source: 'aws.s3',
  account: '000000000000',
  time: `${new Date().toISOString().slice(0, 19)}Z`,
  region: 'us-east-1',
  resources: [`arn:aws:s3:::${bucket}`],
  detail: { version: '0', bucket: { name: bucket }, object: { key, size, etag }, reason },
});
