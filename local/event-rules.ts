import { randomUUID } from 'node:crypto';
import { prefixes } from '#shared/deployment/bucket.ts';
import { eventSource } from '#shared/events/announcer.ts';
import { batchEndedEvent } from '#shared/events/batch-ended.ts';
import { budgetThresholdReachedEvent } from '#shared/events/budget-threshold-reached.ts';
import { jobEndedEvent } from '#shared/events/job-ended.ts';
import type { RuleName } from '#shared/permissions/service-permissions.ts';
import type { BusEvent } from './eventbridge.ts';
import type { ObjectCreated } from './s3/object-created.ts';
import { ServiceError } from './service-error.ts';
import { type StackSettings, stackNames } from './stack-settings.ts';

/** Which events start which function, as a rule of EventBridge says it. */
export interface EventRule {
  name: RuleName;
  busName: string;
  source: string;
  detailType: string;
  /** For events of S3: what the keys begin with. */
  keyPrefix?: string;
  /** For events of a gateway: the name of its stack. */
  gateway?: string;
  /** A field of the detail that must not be there. */
  without?: string;
  /** Name or `name:alias` of the function, which receives the event as it is. */
  functionReference: string;
}

/** The bus that AWS's own services put their events on. */
export const defaultBusName = 'default';

/** The rules of the embedded stack, as `cdk deploy` makes them. */
export const stackRules = ({ thumbnails }: Pick<StackSettings, 'thumbnails'>): EventRule[] => [
  {
    name: 'inbox',
    busName: defaultBusName,
    source: 'aws.s3',
    detailType: 'Object Created',
    keyPrefix: prefixes.inbox,
    functionReference: `${stackNames.functions.inbox}:live`,
  },
  ...(thumbnails ? [outputRule] : []),
  ...[jobEndedEvent, batchEndedEvent, budgetThresholdReachedEvent].map((detailType) => ({
    name: 'notify' as const,
    busName: stackNames.eventBus,
    source: eventSource,
    detailType,
    gateway: stackNames.stack,
    without: 'webhooks',
    functionReference: `${stackNames.functions.notify}:live`,
  })),
];

const outputRule: EventRule = {
  name: 'thumbnail',
  busName: defaultBusName,
  source: 'aws.s3',
  detailType: 'Object Created',
  keyPrefix: prefixes.outputs,
  functionReference: stackNames.functions.thumbnail,
};

/** What the keys of objects begin with whose creation starts a function. */
export const readKeyPrefixes = (rules: readonly EventRule[]): string[] =>
  rules.flatMap(({ keyPrefix }) => (keyPrefix === undefined ? [] : [keyPrefix]));

/**
 * Starts the functions whose rules an event matches, each without waiting for its end. It resolves when Lambda has taken the event
 * for all of them, and rejects if it could not: some may have it then.
 *
 * @param start starts a function asynchronously
 * @param onError receives the rule whose function could not be started
 */
export const applyRules =
  (
    rules: readonly EventRule[],
    start: (rule: EventRule, event: BusEvent) => Promise<void>,
    onError: (rule: EventRule, error: unknown) => void,
  ): ((event: BusEvent, busName: string) => Promise<void>) =>
  async (event, busName) => {
    const matching = rules.filter((candidate) => matches(candidate, event, busName));
    await Promise.all(
      matching.map((rule) =>
        start(rule, event).catch((error: unknown) => {
          onError(rule, error);
          // What Lambda refuses it refuses again; anything else, such as a full disk, may be gone by then.
          if (!(error instanceof ServiceError)) throw error;
        }),
      ),
    );
  };

const matches = (rule: EventRule, event: BusEvent, busName: string): boolean =>
  busName === rule.busName &&
  event.source === rule.source &&
  event['detail-type'] === rule.detailType &&
  (rule.gateway === undefined || event.detail['gateway'] === rule.gateway) &&
  (rule.without === undefined || event.detail[rule.without] === undefined) &&
  (rule.keyPrefix === undefined || keyOf(event.detail).startsWith(rule.keyPrefix));

const keyOf = ({ object }: Record<string, unknown>): string =>
  typeof object === 'object' && object !== null && 'key' in object ? String(object.key) : '';

/** The event that S3 puts on the default bus for a new object, once EventBridge is switched on for its bucket. */
export const objectCreatedEvent = ({ bucket, key, size, etag, reason }: ObjectCreated): BusEvent => ({
  version: '0',
  id: randomUUID(),
  'detail-type': 'Object Created',
  source: 'aws.s3',
  account: '000000000000',
  time: `${new Date().toISOString().slice(0, 19)}Z`,
  region: 'us-east-1',
  resources: [`arn:aws:s3:::${bucket}`],
  detail: { version: '0', bucket: { name: bucket }, object: { key, size, etag }, reason },
});
