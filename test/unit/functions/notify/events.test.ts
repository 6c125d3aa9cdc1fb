import { describe, expect, it } from 'vitest';
import { readEvent } from '#functions/notify/events.ts';
import type { BatchEnded } from '#shared/events/batch-ended.ts';
import type { BudgetThresholdReached } from '#shared/events/budget-threshold-reached.ts';
import type { JobEnded } from '#shared/events/job-ended.ts';
import { buildDelivery } from '#shared/webhooks/message.ts';

const gateway = 'firefly-gateway-prod';
const at = '2026-03-01T12:00:00.000Z';
const url = 'https://gateway.test/jobs/01a21405-3c6a-7283-9a6b-e6f9446cb47c';

const job: JobEnded = {
  gateway,
  jobId: '01a21405-3c6a-7283-9a6b-e6f9446cb47c',
  caller: 'alice',
  operation: 'images/generate',
  status: 'failed',
  outputs: [{ bucket: 'b', key: 'outputs/1/0.jpg', sha256: 'ab', bytes: 3, contentType: 'image/jpeg', url }],
  errors: [{ index: 1, code: 'not_stored', message: 'No.' }],
  error: { code: 'upstream_error', message: 'No.', upstreamStatus: 500 },
  createdAt: at,
  finishedAt: at,
  url,
};

const batch: BatchEnded = {
  gateway,
  batchId: '6f2d0c1e-6a0b-5c1e-9f0e-0d7a9d3b8c11',
  caller: 'alice',
  status: 'refused',
  counts: { succeeded: 0, partially_succeeded: 0, failed: 0, cancelled: 0, timed_out: 0, rejected: 0 },
  reports: { jsonl: 'j', csv: 'c' },
  error: { code: 'batch_refused', message: 'No.' },
  createdAt: at,
  finishedAt: at,
  url,
};

const threshold: BudgetThresholdReached = {
  gateway,
  caller: 'alice',
  period: 'month',
  periodStart: '2026-03-01',
  limit: 10,
  used: 8,
  percent: 80,
  finishedAt: at,
};

/** An event as EventBridge delivers it. */
const onBus = (detailType: string, detail: object, source = 'firefly-gateway') => ({
  version: '0',
  id: 'e',
  source,
  'detail-type': detailType,
  account: '000000000000',
  time: at,
  region: 'us-east-1',
  resources: [],
  'replay-name': 'again',
  detail,
});

const announcementOf = (event: unknown) => {
  const known = readEvent(event, gateway);
  if (known.kind !== 'announcement') throw new Error('No announcement.');
  return known;
};

it('is an end of a job or a batch, whose content is told as it is', () => {
  expect(announcementOf(onBus('Job Ended', job))).toEqual({
    kind: 'announcement',
    caller: 'alice',
    message: { type: 'job.ended', at, subject: job.jobId, data: job },
  });
  expect(announcementOf(onBus('Batch Ended', batch)).message).toEqual({
    type: 'batch.ended',
    at,
    subject: batch.batchId,
    data: batch,
  });
});

it('is a budget that has reached a threshold, each of which is a message of its own', () => {
  const first = announcementOf(onBus('Budget Threshold Reached', threshold));
  expect(first).toMatchObject({ caller: 'alice', message: { type: 'budget.threshold_reached', at, data: threshold } });
  const other = announcementOf(onBus('Budget Threshold Reached', { ...threshold, percent: 100 }));
  expect(other.message.subject).not.toBe(first.message.subject);
});

it('is a message that is to be delivered', () => {
  const delivery = { caller: 'alice', webhookId: job.jobId, at, deliveryId: batch.batchId };
  expect(readEvent({ delivery }, gateway)).toEqual({ kind: 'delivery', delivery });
});

describe('what is refused', () => {
  it.each([
    ['job', onBus('Job Ended', { ...job, gateway: 'firefly-gateway-dev' })],
    ['batch', onBus('Batch Ended', { ...batch, gateway: 'firefly-gateway-dev' })],
  ])("is the end of another gateway's %s", (_, event) => {
    expect(readEvent(event, gateway)).toEqual({ kind: 'refused', reason: 'other_gateway' });
  });

  const { gateway: _, ...anonymous } = job;
  it.each([
    ['from another source', onBus('Job Ended', job, 'team.marketing')],
    ['of another kind', onBus('Job Begun', job)],
    ['a batch that is told as a job', onBus('Job Ended', batch)],
    ['that does not say whose it is', onBus('Job Ended', anonymous)],
    ['with a field that the gateway does not write', onBus('Job Ended', { ...job, approved: true })],
    ['the same in an output', onBus('Job Ended', { ...job, outputs: [{ ...job.outputs[0], note: '' }] })],
    ['the same in an error', onBus('Job Ended', { ...job, error: { ...job.error, note: '' } })],
    ['the same in the error of an output', onBus('Job Ended', { ...job, errors: [{ ...job.errors?.[0], note: '' }] })],
    ['the same in counts', onBus('Batch Ended', { ...batch, counts: { ...batch.counts, more: 1 } })],
    ['the same in a threshold', onBus('Budget Threshold Reached', { ...threshold, note: '' })],
    ['a part that no threshold is', onBus('Budget Threshold Reached', { ...threshold, percent: 90 })],
    ['the same in reports', onBus('Batch Ended', { ...batch, reports: { ...batch.reports, pdf: 'p' } })],
    ["the same in a batch's error", onBus('Batch Ended', { ...batch, error: { ...batch.error, note: '' } })],
    [
      'a delivery with more than its ids',
      { delivery: { caller: 'a', webhookId: job.jobId, at, deliveryId: '', to: '' } },
    ],
    ['nothing at all', {}],
    ['no object', 'Job Ended'],
  ])('is an event %s', (_name, event) => {
    expect(readEvent(event, gateway)).toEqual({ kind: 'refused', reason: 'unknown_form' });
  });
});

it('makes one message, however often it is announced, and one delivery to each webhook', () => {
  const [one, two] = ['01a21405-35ba-77cd-ad76-4873408f8a62', '01a21405-35ba-77cd-ad76-4873408f8a63'].map(
    (webhookId) => ({ caller: 'alice', webhookId }),
  );
  if (one === undefined || two === undefined) throw new Error('There are two.');
  const { message } = announcementOf(onBus('Job Ended', job));
  const first = buildDelivery(message, one);
  expect(buildDelivery(announcementOf(onBus('Job Ended', structuredClone(job))).message, one)).toEqual(first);
  expect(buildDelivery(message, two)).toMatchObject({ messageId: first.messageId });
  expect(buildDelivery(message, two).deliveryId).not.toBe(first.deliveryId);
  // A job that was erased and made anew under the same id ends anew.
  const later = { ...message, at: '2026-03-02T12:00:00.000Z' };
  expect(buildDelivery(later, one).messageId).not.toBe(first.messageId);
  expect(JSON.parse(first.body)).toEqual({ type: 'job.ended', timestamp: at, data: job });
});
