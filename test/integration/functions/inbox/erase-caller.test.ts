import {
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
  PutObjectCommand,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { v4 as uuid } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eraseCountersOf, eraseFilesOf, eraseOutputsOf } from '#functions/inbox/erase/caller-objects.ts';
import { hashCaller, manifestKey, outputsFolder, receiptKey, uploadKey } from '#shared/deployment/bucket.ts';
import { claimErasures, listErasures, requestErasure } from '#shared/erasing/erasure.ts';
import { allItems } from '#test/fixtures/job-table.ts';
import { createLane, enqueue } from '#test/fixtures/queue.ts';
import { makeCallerData, untilErased } from './caller-data.ts';
import { createFaultyWorld } from './faulty-world.ts';
import { type Servers, startServers } from './rig.ts';

let servers: Servers;
beforeAll(async () => {
  servers = await startServers();
});
afterAll(() => servers.close());

describe('everything of a caller', () => {
  it('is erased from every version of every object and from every table, and nothing of another caller', async () => {
    const rig = await servers.rig();
    const [own, others] = [await makeCallerData(rig), await makeCallerData(rig)];
    const kept = await others.find();
    expect((await own.find()).length).toBeGreaterThan(45);
    await untilErased(createFaultyWorld(rig), own);
    expect(await own.find()).toEqual([]);
    // Of the other batches dispatch has finished nothing, as their jobs go on.
    expect(await others.find()).toEqual(kept);
    const [erasure] = await listErasures(rig.context.table);
    expect(erasure).toMatchObject({ state: 'erased', by: 'operator', waitsFor: 0 });
    expect(erasure).not.toHaveProperty('name');
    // Once more, with nothing there.
    await untilErased(createFaultyWorld(rig), own);
    expect(await others.find()).toEqual(kept);
  });

  it('keeps files and outputs from after the second of the request, and takes those of that second', async () => {
    const { context } = await servers.rig();
    const { s3, bucket } = context;
    const caller = uuid();
    const file = `inbox/${caller}/a.csv`;
    const receipt = receiptKey(file);
    const upload = uploadKey(caller, 'an-upload', 'png');
    const job = { jobId: uuid(), createdAt: '2026-01-15T12:00:00.001Z' };
    const output = `${outputsFolder(job)}0.jpg`;
    const put = async (key: string, body = 'later') => {
      await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }));
    };
    // The upload first: the others may be of a later second, and none is of an earlier one.
    for (const key of [upload, file, receipt, output]) await put(key);
    const manifest = { caller: hashCaller(caller), createdAt: job.createdAt, outputs: [{ key: output }] };
    await put(manifestKey(job), JSON.stringify(manifest));
    const { LastModified } = await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: upload }));
    const second = LastModified?.getTime() ?? 0;
    const isThere = async (key: string) =>
      (await context.s3.send(new ListObjectVersionsCommand({ Bucket: bucket, Prefix: key }))).Versions !== undefined;
    const erase = async (ms: number) => eraseFilesOf(context, caller, { requestedAt: new Date(ms).toISOString() });

    await erase(second - 60_000);
    await erase(second - 1);
    expect(await Promise.all([file, receipt, upload].map(isThere))).toEqual([true, true, true]);
    await erase(second);
    expect(await isThere(upload)).toBe(false);
    await erase(second + 60_000);
    expect(await Promise.all([file, receipt].map(isThere))).toEqual([false, false]);

    await eraseOutputsOf(context, caller, { requestedAt: '2026-01-15T12:00:00.000Z' });
    expect(await Promise.all([output, manifestKey(job)].map(isThere))).toEqual([true, true]);
    await eraseOutputsOf(context, caller, { requestedAt: job.createdAt });
    expect(await Promise.all([output, manifestKey(job)].map(isThere))).toEqual([false, false]);
  });

  it('is not called erased while a description may not be read, unlike one that has gone meanwhile', async () => {
    const { context } = await servers.rig();
    const { s3, bucket } = context;
    const caller = uuid();
    const job = { jobId: uuid(), createdAt: '2026-01-15T12:00:00.001Z' };
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: manifestKey(job), Body: '{}' }));
    const refuse = (isGone: boolean) =>
      ({
        send: async (command: { input: { Key?: string; Prefix?: string } }) => {
          if (command instanceof GetObjectCommand) {
            throw new S3ServiceException({
              name: 'AccessDenied',
              $fault: 'client',
              $metadata: { httpStatusCode: 403 },
            });
          }
          return isGone && command.input.Prefix?.endsWith('.json') ? {} : s3.send(command as never);
        },
      }) as never;
    const erase = (isGone: boolean) =>
      eraseOutputsOf({ ...context, s3: refuse(isGone) }, caller, { requestedAt: job.createdAt });
    await expect(erase(false)).rejects.toThrow(S3ServiceException);
    expect(await erase(true)).toEqual({ waitsFor: 0 });
  });

  it('keeps the counters of a caller that has made jobs since, so that its limits hold', async () => {
    const { context, clock } = await servers.rig();
    const lane = createLane(context.table);
    await enqueue(lane, { caller: 'alice' });
    const requestedAt = new Date(clock.now() + 1).toISOString();
    const countersOf = async () => (await allItems(context.table)).filter(({ pk }) => pk === 'caller#alice').length;
    clock.advance(2);
    const later = await enqueue(lane, { caller: 'alice' });
    await eraseCountersOf(context, 'alice', { requestedAt });
    expect(await countersOf()).toBe(1);
    await eraseCountersOf(context, 'alice', { requestedAt: later.createdAt.replace('Z', '~') });
    expect(await countersOf()).toBe(0);
  });

  it('is claimed by one of two dispatchers, and again once its execution is lost', async () => {
    const { context, clock } = await servers.rig();
    await requestErasure(context.table, 'caller', 'alice');
    const claims = await Promise.all([claimErasures(context.table, 5), claimErasures(context.table, 5)]);
    expect(claims.flat().length).toBe(1);
    await requestErasure(context.table, 'caller', 'alice');
    expect(await claimErasures(context.table, 5)).toEqual([]);
    clock.advance(16 * 60_000);
    expect(await claimErasures(context.table, 5)).toMatchObject([{ run: 2 }]);
  });

  it('of a caller does not wait behind those of any number of deleted webhooks', async () => {
    const { context, clock } = await servers.rig();
    for (let count = 0; count < 8; count += 1) await requestErasure(context.table, 'webhook', `webhook-${count}`);
    clock.advance(1_000);
    const { erasureId } = await requestErasure(context.table, 'caller', 'alice');
    const claimed = await claimErasures(context.table, 3);
    expect(claimed).toHaveLength(4);
    expect(claimed[0]).toEqual({ erasureId, run: 1 });
  });
});
