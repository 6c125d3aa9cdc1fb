import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { Table } from '../aws/table.ts';
import { countEnd } from '../batches/count-end.ts';
import { jobEndedOf } from '../events/job-ended.ts';
import { conditionalUpdate } from './conditional-update.ts';
import type { Job } from './job.ts';
import { indexes, jobKey, parseJob } from './job-item.ts';

/** EventBridge `source` of the gateway's events. */
export const eventSource = 'firefly-gateway';

/** EventBridge `detail-type` of the event that says that a job has ended. */
export const jobEndedEvent = 'Job Ended';

/** Where events go. */
export interface EventBus {
  eventBridge: EventBridgeClient;
  eventBusName: string;
  /** The gateway's own URL, to which the addresses in events lead; without a slash at its end. */
  gatewayUrl: string;
}

/** EventBridge did not take the event; it is sent again by the next dispatch. */
export class EventNotPublishedError extends Error {
  override readonly name = 'EventNotPublishedError';
}

/**
 * Puts an event on the bus.
 *
 * @throws {EventNotPublishedError} if EventBridge refused the event
 */
export const publish = async (bus: EventBus, detailType: string, detail: Record<string, unknown>): Promise<void> => {
  const answer = await bus.eventBridge.send(
    new PutEventsCommand({
      Entries: [
        {
          EventBusName: bus.eventBusName,
          Source: eventSource,
          DetailType: detailType,
          Detail: JSON.stringify(detail),
        },
      ],
    }),
  );
  if ((answer.FailedEntryCount ?? 0) > 0) {
    throw new EventNotPublishedError(`EventBridge refused the event: ${answer.Entries?.[0]?.ErrorCode ?? 'unknown'}`);
  }
};

/**
 * Counts the end of a job in its batch, publishes it and then clears its mark: at least once, whatever crashes in between.
 *
 * @returns whether the job was the last of its batch, so that dispatch has a report to ask for
 * @throws {EventNotPublishedError} if EventBridge refused the event
 */
export const announce = async (table: Table, bus: EventBus, job: Job): Promise<boolean> => {
  const isLast = await countEnd(table, job);
  await publish(bus, jobEndedEvent, jobEndedOf(job, bus.gatewayUrl));
  // Without the condition the update would bring back a job that was erased meanwhile.
  await conditionalUpdate(table, jobKey(job.jobId), {
    expression: 'REMOVE unpublished',
    condition: 'attribute_exists(pk)',
  });
  return isLast;
};

/** Jobs that ended before the given time (epoch ms) and whose end a crash kept from being announced. */
export const unpublishedJobs = async (table: Table, beforeMs: number, limit: number): Promise<Job[]> => {
  const { Items = [] } = await table.dynamoDb.send(
    new QueryCommand({
      TableName: table.tableName,
      IndexName: indexes.unpublished,
      KeyConditionExpression: 'unpublished = :yes AND finishedAt < :before',
      ExpressionAttributeValues: { ':yes': 'yes', ':before': new Date(beforeMs).toISOString() },
      Limit: limit,
    }),
  );
  return Items.map(parseJob);
};
