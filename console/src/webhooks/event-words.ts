import type { Webhook } from './webhook-api.ts';

type EventType = Webhook['events'][number];

/** Events that a webhook can be told, in words. */
export const eventWords: Readonly<Record<EventType, string>> = {
  'job.ended': 'A job has ended',
  'batch.ended': 'A batch has ended',
  'budget.threshold_reached': '80 or 100 percent of your budget are used',
};

/** Every event that a webhook can be told. */
export const eventTypes = Object.keys(eventWords) as EventType[];

/** What a message tells, in words; the type itself where it is new. */
export const nameMessage = (type: string): string =>
  type === 'webhook.test' ? 'Test' : ((eventWords as Readonly<Record<string, string>>)[type] ?? type);
