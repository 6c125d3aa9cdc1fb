import { EventBridgeClient, PutEventsCommand, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { expect, it, onTestFinished } from 'vitest';
import { type BusEvent, startEventBridge } from '#local/eventbridge.ts';

const start = async () => {
  const events: { event: BusEvent; busName: string }[] = [];
  const server = await startEventBridge({
    onEvent: (event, busName) => events.push({ event, busName }),
    clock: { now: () => Date.UTC(2026, 0, 2, 3, 4, 5, 678) },
  });
  const client = new EventBridgeClient({
    endpoint: server.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
    maxAttempts: 1,
  });
  onTestFinished(async () => {
    client.destroy();
    await server.close();
  });
  const put = (...Entries: PutEventsRequestEntry[]) => client.send(new PutEventsCommand({ Entries }));
  return { put, events };
};

const valid: PutEventsRequestEntry = {
  Source: 'firefly-gateway',
  DetailType: 'Job Finished',
  Detail: '{"jobId":"1","nested":{"a":[1]}}',
  EventBusName: 'stage-events',
};

it('hands an event on as a rule would receive it', async () => {
  const { put, events } = await start();

  const answer = await put({ ...valid, Resources: ['arn:aws:s3:::bucket'] });

  expect(answer.FailedEntryCount).toBe(0);
  expect(events).toEqual([
    {
      busName: 'stage-events',
      event: {
        version: '0',
        id: answer.Entries?.[0]?.EventId,
        'detail-type': 'Job Finished',
        source: 'firefly-gateway',
        account: '000000000000',
        time: '2026-01-02T03:04:05Z',
        region: 'us-east-1',
        resources: ['arn:aws:s3:::bucket'],
        detail: { jobId: '1', nested: { a: [1] } },
      },
    },
  ]);
});

it('knows a bus by its ARN and takes the default one when none is named', async () => {
  const { put, events } = await start();
  const { EventBusName: _, ...unnamed } = valid;

  await put({ ...valid, EventBusName: 'arn:aws:events:us-east-1:000000000000:event-bus/other' }, unnamed);

  expect(events.map(({ busName }) => busName)).toEqual(['other', 'default']);
});

it('takes the time that the entry names', async () => {
  const { put, events } = await start();

  await put({ ...valid, Time: new Date('2025-12-31T23:59:59Z') });

  expect(events[0]?.event.time).toBe('2025-12-31T23:59:59Z');
});

it.each([
  ['no source', { ...valid, Source: '' }, 'InvalidArgument'],
  ['no detail type', { ...valid, DetailType: undefined }, 'InvalidArgument'],
  ['no detail', { ...valid, Detail: undefined }, 'InvalidArgument'],
  ['a detail that is no JSON', { ...valid, Detail: '{' }, 'MalformedDetail'],
  ['a detail that is no object', { ...valid, Detail: '[1]' }, 'MalformedDetail'],
  ["AWS's own source", { ...valid, Source: 'aws.s3' }, 'NotAuthorizedForSourceException'],
])('refuses an entry with %s and hands on the others', async (_, bad, code) => {
  const { put, events } = await start();

  const answer = await put(bad, valid);

  expect(answer).toMatchObject({
    FailedEntryCount: 1,
    Entries: [{ ErrorCode: code }, { EventId: expect.any(String) }],
  });
  expect(events).toHaveLength(1);
});

/** Two entries that count so many bytes together. */
const ofBytes = (bytes: number) => {
  const frame = JSON.stringify({ text: '' }).length;
  return [1000, bytes - 1000].map((size) => ({
    Source: 'a',
    DetailType: 'b',
    Detail: JSON.stringify({ text: 'x'.repeat(size - frame - 2) }),
  }));
};

it('takes a request of 1 MB', async () => {
  const { put, events } = await start();
  await put(...ofBytes(1024 * 1024));
  expect(events).toHaveLength(2);
});

it.each([
  ['no entries', []],
  ['more than ten entries', Array(11).fill(valid)],
  ['a time that is none', [{ ...valid, Time: new Date(-1) }]],
  ['more than 1 MB', ofBytes(1024 * 1024 + 1)],
])('refuses a request with %s', async (_, entries) => {
  const { put, events } = await start();

  await expect(put(...entries)).rejects.toMatchObject({ name: 'ValidationException' });
  expect(events).toEqual([]);
});
