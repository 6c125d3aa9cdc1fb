import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { GatewayError } from '../errors.ts';

/** EventBridge `source` of the gateway's events. */
export const eventSource = 'firefly-gateway';

/** Where events go. */
export interface EventBus {
  eventBridge: EventBridgeClient;
  eventBusName: string;
  /** The gateway's own URL, to which the addresses in events lead; without a slash at its end. */
  gatewayUrl: string;
}

/** EventBridge did not take the event; the next dispatch sends it again. */
export class EventNotPublishedError extends GatewayError {
  constructor(errorCode = 'unknown') {
    super('event_not_published', `EventBridge refused the event: ${errorCode}`);
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
