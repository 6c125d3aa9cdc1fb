import { PutObjectCommand } from '@aws-sdk/client-s3';
import { v4 as uuid } from 'uuid';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createBatch } from '#shared/batches/batch-store.ts';
import { leaseMs } from '#shared/batches/open-batches.ts';
import { batchInputKey } from '#shared/deployment/bucket.ts';
import { jsonLine, type Servers, startServers } from './rig.ts';

let servers: Servers;
beforeAll(async () => {
  servers = await startServers();
});
afterAll(() => servers.close());

it('a posted batch whose creator died is read if its requests are there, and refused if not', async () => {
  const rig = await servers.rig();
  const { table, s3, bucket } = rig.context;
  const create = async () => {
    const batchId = uuid();
    const source = { bucket, key: batchInputKey(batchId, 'jsonl') };
    const batch = { batchId, caller: 'alice', source, priority: 'low', retentionSeconds: 86_400 } as const;
    await createBatch(table, batch, rig.clock.now() + leaseMs);
    return source.key.split('/')[1] ?? '';
  };
  const [stored, lost] = [await create(), await create()];
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key: batchInputKey(stored, 'jsonl'), Body: jsonLine('a cat') }));
  expect(await rig.dispatch()).toEqual([]);
  rig.clock.advance(leaseMs);
  await rig.dispatch();
  expect(await rig.batch(stored)).toMatchObject({ state: 'running', jobs: 1 });
  expect(await rig.batch(lost)).toMatchObject({ state: 'refused', error: { code: 'source_not_found' } });
});
