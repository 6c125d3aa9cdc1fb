import { expect, it } from 'vitest';
import { readEvent } from '#functions/notify/events.ts';
import { buildDelivery } from '#shared/webhooks/message.ts';

const at = '2026-03-01T12:00:00.000Z';
const ended = {
  source: 'firefly-gateway',
  'detail-type': 'Job Ended',
  detail: { jobId: 'job-1', caller: 'alice', finishedAt: at, status: 'succeeded', outputs: [] },
};

const announcementOf = (event: unknown) => {
  const known = readEvent(event);
  if (known.kind !== 'announcement') throw new Error('No announcement.');
  return known;
};

it('is an end of a job or a batch, whose content is told as it is', () => {
  expect(announcementOf(ended)).toEqual({
    kind: 'announcement',
    caller: 'alice',
    message: { type: 'job.ended', at, subject: 'job-1', data: ended.detail },
  });
  const batch = { batchId: 'batch-1', caller: 'alice', finishedAt: at };
  expect(announcementOf({ ...ended, 'detail-type': 'Batch Ended', detail: batch }).message).toMatchObject({
    type: 'batch.ended',
    subject: 'batch-1',
  });
});

it('is nothing that others put on the bus', () => {
  expect(() => readEvent({ ...ended, source: 'somebody.else' })).toThrow();
  expect(() => readEvent({ ...ended, detail: { jobId: 'job-1' } })).toThrow();
  expect(() => readEvent({})).toThrow();
});

it('makes one message, however often it is announced, and one delivery to each webhook', () => {
  const [one, two] = ['01a21405-35ba-77cd-ad76-4873408f8a62', '01a21405-35ba-77cd-ad76-4873408f8a63'].map(
    (webhookId) => ({ caller: 'alice', webhookId }),
  );
  if (one === undefined || two === undefined) throw new Error('There are two.');
  const { message } = announcementOf(ended);
  const first = buildDelivery(message, one);
  expect(buildDelivery(announcementOf(structuredClone(ended)).message, one)).toEqual(first);
  expect(buildDelivery(message, two)).toMatchObject({ messageId: first.messageId });
  expect(buildDelivery(message, two).deliveryId).not.toBe(first.deliveryId);
  // A job that was erased and made anew under the same id ends anew.
  const later = { ...message, at: '2026-03-02T12:00:00.000Z' };
  expect(buildDelivery(later, one).messageId).not.toBe(first.messageId);
  expect(JSON.parse(first.body)).toEqual({ type: 'job.ended', timestamp: at, data: ended.detail });
});
