import { PutObjectCommand } from '@aws-sdk/client-s3';
import { v4 as uuid } from 'uuid';
import { expect } from 'vitest';
import { requestBatchErasure } from '#shared/batches/batch-progress.ts';
import { outputKey } from '#shared/deployment/bucket.ts';
import { findTraces } from '#test/fixtures/traces.ts';
import { createFaultyWorld, type FaultyWorld } from './faulty-world.ts';
import { end, expectToRemain, register, repeated, succeeded, untilGone, untilOver, untilRead } from './live-batch.ts';
import { jsonLine } from './rig.ts';

/** The life of a small batch: what has an effect in it, in order, and how it is lived and must end whatever fails. */
export interface Life {
  effects: readonly string[];
  live(world: FaultyWorld): Promise<void>;
}

/** A file that is no file of requests. */
export const refused: Life = {
  effects: [
    'Update batch', // dispatch claims it
    'Invoke', // its execution
    'Update batch', // the lease is renewed
    'Update batch', // and once more for the report
    'PutObject', // report.jsonl
    'PutObject', // report.csv
    'Update batch', // reading -> refused
    'PutEvents',
    'Update batch', // the mark of the unpublished is cleared
  ],
  live: async (world) => {
    const batchId = await register(createFaultyWorld(world.rig), ['x'], 'requests.docx');
    await untilOver(world, batchId);
    await expectToRemain(world, batchId, { state: 'refused', rows: ['refused'] });
  },
};

/** A batch that is over and erased: nothing of it is left anywhere. */
export const erased: Life = {
  effects: [
    'Update batch', // the wish to erase
    'Update batch', // dispatch claims it
    'Invoke', // its execution
    'Update batch', // the lease is renewed
    'Update batch', // and for the lines
    'DeleteObjects', // the outputs of the job
    'Delete reuse', // its place for equal requests
    'Delete reservation', // of what it cost
    'Delete job',
    'Update batch', // the lease is renewed
    'BatchWrite', // the line that is no job
    'DeleteObjects', // lines, reports
    'DeleteObjects', // the file itself
    'DeleteObjects', // its receipt
    'Delete batch',
  ],
  live: async (world) => {
    const before = createFaultyWorld(world.rig);
    const marker = uuid();
    const batchId = await register(before, [jsonLine(`a cat ${marker}`), `no JSON ${marker}`]);
    await untilRead(before, batchId);
    const { s3, bucket, table } = world.rig.context;
    const job = await world.rig.job(batchId, 1);
    for (const body of [marker, `again ${marker}`]) {
      await s3.send(new PutObjectCommand({ Bucket: bucket, Key: outputKey(job, 0, 'jpg'), Body: body }));
    }
    await end(before, batchId, 1, succeeded(1));
    await untilOver(before, batchId);
    const find = () => findTraces({ s3, bucket, tables: [table] }, [marker, batchId, job.jobId]);
    expect((await find()).length).toBeGreaterThan(6);
    await repeated(world, async (context) => {
      await requestBatchErasure(context.table, batchId);
      return true;
    });
    await untilGone(world, batchId);
    expect(await find()).toEqual([]);
    if (await world.release()) expect(await find()).toEqual([]);
  },
};
