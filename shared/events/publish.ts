import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { GatewayError } from '../errors.ts';
import { type Announcer, eventSource } from './announcer.ts';

/** Where events go, and whose they are. */
export interface EventBus extends Announcer {
  eventBridge: EventBridgeClient;
  eventBusName: string;
}

/** EventBridge did not take the event; the next dispatch sends it again. */
export class EventNotPublishedError extends GatewayError {
  /** Whether EventBridge refuses the event itself, so that sending it again cannot help. */
  readonly isLasting: boolean;

  constructor(errorCode = 'unknown') {
    super('event_not_published', `EventBridge refused the event: ${errorCode}`);
    this.isLasting = ['MalformedDetail', 'InvalidArgument'].includes(errorCode);
  }
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
  if ((answer.FailedEntryCount ?? 0) > 0) throw new EventNotPublishedError(answer.Entries?.[0]?.ErrorCode);
};
