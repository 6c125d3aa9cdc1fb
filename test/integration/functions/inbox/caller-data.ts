import { PutObjectCommand } from '@aws-sdk/client-s3';
import { v4 as uuid } from 'uuid';
import { expect } from 'vitest';
import { processErasure } from '#functions/inbox/erase/process-erasure.ts';
import { jobIdOfLine } from '#shared/batches/batch-store.ts';
import { hashCaller, manifestKey, outputKey, outputsFolder, uploadKey } from '#shared/deployment/bucket.ts';
import { claimErasures, listErasures, requestErasure } from '#shared/erasing/erasure.ts';
import { claimUploadForm } from '#shared/inputs/upload-forms.ts';
import { isFinal } from '#shared/jobs/job.ts';
import { getJob } from '#shared/jobs/job-store.ts';
import { endJob, transition } from '#shared/jobs/transitions.ts';
import { publishEnded } from '#shared/outbox/publish-ended.ts';
import { createDelivery } from '#shared/webhooks/delivery-store.ts';
import { buildDelivery } from '#shared/webhooks/message.ts';
import { createWebhook } from '#shared/webhooks/webhook-store.ts';
import { createJournal } from '#test/fixtures/journal.ts';
import { createLane, enqueue } from '#test/fixtures/queue.ts';
import { findTraces } from '#test/fixtures/traces.ts';
import type { FaultyWorld } from './faulty-world.ts';
import { jsonLine, type Rig } from './rig.ts';

/** Something of every kind that a caller can have. */
export interface CallerData {
  caller: string;
  /** Stands in all of it that has a content. */
  marker: string;
  /** A job that Adobe works on, whose cancellation takes its time. */
  runningJobId: string;
  /** Where there is anything of it. */
  find: () => Promise<string[]>;
}

/** Makes something of every kind for a caller. */
export const makeCallerData = async (rig: Rig): Promise<CallerData> => {
  const { s3, bucket, table, webhookTable } = rig.context;
  keepUp(rig);
  const marker = uuid();
  const caller = `caf\u00e9/${marker}`;
  const folder = caller.replaceAll('/', '%2F');
  const put = (key: string, body = marker) => s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }));
  // A batch that is over, with an output in two versions, and one that goes on.
  const lines = [jsonLine(`a cat ${marker}`), `no JSON ${marker}`].join('\n');
  const over = await rig.drop('over.jsonl', lines, folder);
  await rig.dispatch();
  const [batchJob] = [await rig.job(over, 1)];
  await put(outputKey(batchJob, 0, 'jpg'));
  await put(outputKey(batchJob, 0, 'jpg'), `again ${marker}`);
  await rig.end(over, 1);
  await rig.dispatch();
  const open = await rig.drop('open.jsonl', lines.replace('cat', 'dog'), folder);
  await rig.dispatch();
  // Jobs of their own: one has ended, one waits, one runs.
  const lane = createLane(table);
  const newJob = () => enqueue(lane, { caller, request: JSON.stringify({ prompt: marker }) });
  const ended = await newJob();
  await put(outputKey(ended, 0, 'jpg'));
  await put(manifestKey(ended));
  const end = await endJob(table, ended, ['queued'], { to: 'succeeded', outputs: [] });
  if (end !== undefined) await publishEnded(rig.context, end);
  await newJob();
  const running = await newJob();
  const order = new Date(rig.clock.now() + 86_400_000).toISOString();
  await transition(table, running, { from: ['queued'], to: 'running', order });
  // What is left of a job whose record has expired: its outputs, one of them in another folder.
  const gone = { jobId: uuid(), createdAt: '2024-05-05T00:00:00.000Z' };
  const named = `outputs/2024/05/05/${uuid()}/sku-1.jpg`;
  await put(named);
  const outputs = [{ key: `${outputsFolder(gone)}0.jpg` }, { key: named }];
  await put(manifestKey(gone), JSON.stringify({ caller: hashCaller(caller), request: { prompt: marker }, outputs }));
  await put(`${outputsFolder(gone)}0.jpg`);
  await put(uploadKey(caller, uuid(), 'png'));
  await claimUploadForm(table, caller, 10);
  const url = `https://example.com/${marker}`;
  const webhook = await createWebhook(webhookTable, { caller, url, events: ['job.ended'] });
  if (webhook === undefined) throw new Error('There are ten webhooks.');
  for (let second = 0; second < 30; second += 1) {
    const at = new Date(rig.clock.now() + second * 1_000).toISOString();
    await createDelivery(
      webhookTable,
      buildDelivery({ type: 'job.ended', at, subject: ended.jobId, data: { marker } }, webhook),
    );
  }
  const ids = [over, open, ended.jobId, running.jobId, gone.jobId, webhook.webhookId, jobIdOfLine(open, 1)];
  return {
    caller,
    marker,
    runningJobId: running.jobId,
    find: () => findTraces({ s3, bucket, tables: [table, webhookTable] }, [marker, hashCaller(caller), ...ids]),
  };
};

/** An erasure takes what S3 has from before it: the clock of the tables must not be behind that of S3. */
const keepUp = ({ clock }: Rig): void => clock.set(Math.max(clock.now(), Date.now()));

/** Lets dispatch look until the caller is erased; Adobe cancels its job after some minutes. */
export const untilErased = async (world: FaultyWorld, { caller, runningJobId }: CallerData): Promise<void> => {
  const { table } = world.rig.context;
  keepUp(world.rig);
  const { erasureId } = await requestErasure(table, 'caller', caller, 'operator');
  for (let minute = 0; minute < 120; minute += 1) {
    await world.dispatch();
    for (const run of await claimErasures(table, 5)) {
      const journal = createJournal();
      const end = await world.inProcess((context) => processErasure(journal, run, context));
      if (end === undefined) await world.inProcess((context) => processErasure(journal, run, context));
    }
    if ((await listErasures(table)).some((each) => each.erasureId === erasureId && each.state === 'erased')) return;
    if (minute === 3) {
      const job = await getJob(table, runningJobId);
      expect(job?.cancelRequestedAt).toBeDefined();
      if (job !== undefined && !isFinal(job.state)) await endJob(table, job, [job.state], { to: 'cancelled' });
    }
    world.rig.clock.advance(60_000);
  }
  throw new Error('The caller is never erased.');
};
