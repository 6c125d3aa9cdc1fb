import type { DurableContext } from '@aws/durable-execution-sdk-js';
import { type Erasure, type ErasureRun, endErasure, postponeErasure, renewErasure } from '#shared/erasing/erasure.ts';
import type { InboxContext } from '../context.ts';
import { endBatchesOf, eraseJobsOf } from './caller-jobs.ts';
import { eraseCountersOf, eraseFilesOf, eraseOutputsOf } from './caller-objects.ts';
import type { ErasureEnd } from './erase-batch.ts';
import type { Progress } from './erase-job.ts';
import { eraseDeliveries, eraseWebhooksOf } from './webhook-items.ts';

// A job that Adobe works on ends when Adobe has cancelled it, a batch when a run of its own has erased it.
const waitMs = 60_000;
// An invocation of a function ends after 15 minutes; after this many steps the execution goes on in another one.
const stepsInInvocation = 25;

/** One part of an erasure, which may take several steps. */
interface Part {
  name: string;
  /** @returns where the next step begins; undefined once there is nothing left */
  erase: (inbox: InboxContext, name: string, erasure: Erasure, position?: string) => Promise<Progress>;
}

const atOnce = async (done: Promise<unknown>): Promise<Progress> => {
  await done;
  return { waitsFor: 0 };
};

const partsOf: Record<Erasure['subject'], readonly Part[]> = {
  caller: [
    { name: 'batches', erase: endBatchesOf },
    { name: 'jobs', erase: eraseJobsOf },
    { name: 'webhooks', erase: (inbox, caller) => atOnce(eraseWebhooksOf(inbox, caller)) },
    { name: 'files', erase: (inbox, caller, erasure) => atOnce(eraseFilesOf(inbox, caller, erasure)) },
    { name: 'outputs', erase: eraseOutputsOf },
    { name: 'counters', erase: (inbox, caller, erasure) => atOnce(eraseCountersOf(inbox, caller, erasure)) },
  ],
  webhook: [{ name: 'deliveries', erase: (inbox, webhookId) => atOnce(eraseDeliveries(inbox, webhookId)) }],
};

/**
 * Erases everything of a caller, or the deliveries of a webhook, part by part. What has not ended is cancelled and waited for: then
 * dispatch starts another execution a minute later. Every part can be done again, wherever it was interrupted.
 */
export const processErasure = async (
  context: DurableContext,
  run: ErasureRun,
  inbox: InboxContext,
): Promise<ErasureEnd | { state: 'waits' }> => {
  const { subject } = await context.step('plan', async () => ({
    subject: (await renewErasure(inbox.table, run))?.subject,
  }));
  if (subject === undefined) return { state: 'stale' };
  let steps = 0;
  let waitsFor = 0;
  for (const part of partsOf[subject]) {
    let position: string | undefined;
    do {
      const from = position;
      const progress = await context.step(`${part.name} ${steps}`, () => erasePart(inbox, run, part, from));
      if (progress === null) return { state: 'stale' };
      waitsFor += progress.waitsFor;
      position = progress.next;
      steps += 1;
      if (steps % stepsInInvocation === 0) await context.wait('next invocation', { seconds: 1 });
    } while (position !== undefined);
    if (waitsFor > 0 && part.name === 'jobs') break;
  }
  return context.step('end', () => end(inbox, run, waitsFor));
};

const erasePart = async (
  inbox: InboxContext,
  run: ErasureRun,
  { erase }: Part,
  position?: string,
): Promise<Progress | null> => {
  // Read anew each time: the name of a caller stands in no step.
  const erasure = await renewErasure(inbox.table, run);
  return erasure?.name === undefined ? null : erase(inbox, erasure.name, erasure, position);
};

const end = async (
  { table, log }: InboxContext,
  run: ErasureRun,
  waitsFor: number,
): Promise<ErasureEnd | { state: 'waits' }> => {
  if (waitsFor > 0) {
    await postponeErasure(table, run, { waitsFor, ms: waitMs });
    return { state: 'waits' };
  }
  await endErasure(table, run);
  log.info('erased', { erasureId: run.erasureId });
  return { state: 'erased' };
};
