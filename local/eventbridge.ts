import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { type Clock, systemClock } from '#shared/clock.ts';
import type { GuardRules } from '#shared/loopback-guard.ts';
import { type AwsJsonServer, operation, startAwsJsonServer } from './aws-json-server.ts';
import type { Authorizer } from './iam/authorizer.ts';
import type { Access } from './iam/statements.ts';

/** An event as a rule's target receives it. */
export interface BusEvent {
  version: '0';
  id: string;
  'detail-type': string;
  source: string;
  account: string;
  /** ISO 8601, to the second. */
  time: string;
  region: string;
  resources: string[];
  detail: Record<string, unknown>;
}

export interface EventBridgeOptions {
  /** Called with every accepted event and the name of the bus it was put on; the answer waits for it. */
  onEvent: (event: BusEvent, busName: string) => unknown;
  /** 0, the default, takes a free port. */
  port?: number;
  guard?: GuardRules;
  clock?: Clock;
  /** Decides on every entry; without it all are allowed. */
  authorizer?: Authorizer;
}

const entry = z.object({
  Source: z.string().optional(),
  DetailType: z.string().optional(),
  Detail: z.string().optional(),
  EventBusName: z.string().min(1).default('default'),
  Resources: z.array(z.string()).default([]),
  /** Epoch seconds, up to the year 9999. */
  Time: z.number().min(0).max(253_402_300_799).optional(),
});
type Entry = z.output<typeof entry>;

// Of all entries of a request together.
const entryLimitBytes = 1024 * 1024;

// Source: "Calculating PutEvents event entry size" in the EventBridge user guide; a time counts 14 bytes.
const sizeOf = (item: Entry): number =>
  [item.Source, item.DetailType, item.Detail, ...item.Resources].reduce(
    (total, text) => total + Buffer.byteLength(text ?? ''),
    item.Time === undefined ? 0 : 14,
  );

const detailSchema = z.record(z.string(), z.unknown());

const parseDetail = (text: string): Record<string, unknown> | undefined => {
  try {
    const detail: unknown = JSON.parse(text);
    return detailSchema.safeParse(detail).data;
  } catch (cause) {
    if (cause instanceof SyntaxError) return undefined;
    throw cause;
  }
};

const refused = (ErrorCode: string, ErrorMessage: string) => ({ ErrorCode, ErrorMessage });

const putEntry = async (item: Entry, now: number, onEvent: EventBridgeOptions['onEvent']) => {
  if (!item.Source)
    return refused('InvalidArgument', 'Parameter Source is not valid. Reason: Source is a required argument.');
  if (!item.DetailType) {
    return refused('InvalidArgument', 'Parameter DetailType is not valid. Reason: DetailType is a required argument.');
  }
  if (!item.Detail)
    return refused('InvalidArgument', 'Parameter Detail is not valid. Reason: Detail is a required argument.');
  if (item.Source.startsWith('aws.'))
    return refused('NotAuthorizedForSourceException', 'Not authorized for the source.');
  const detail = parseDetail(item.Detail);
  if (!detail) return refused('MalformedDetail', 'Detail is malformed.');
  const id = randomUUID();
  const time = new Date(item.Time === undefined ? now : item.Time * 1000);
  const event: BusEvent = {
    version: '0',
    id,
    'detail-type': item.DetailType,
    source: item.Source,
    account: '000000000000',
    time: `${time.toISOString().slice(0, 19)}Z`,
    region: 'us-east-1',
    resources: item.Resources,
    detail,
  };
  try {
    await onEvent(event, item.EventBusName.replace(/^arn:aws:events:[^:]*:[^:]*:event-bus\//, ''));
  } catch {
    // Who puts events repeats those that are refused; the rules have told why.
    return refused('InternalFailure', 'The event could not be stored.');
  }
  return { EventId: id };
};

const busArnPrefix = 'arn:aws:events:us-east-1:000000000000:event-bus/';

/** PutEvents is allowed if each of its entries is. */
const listEntryAccesses = (_: string, input: unknown): Access[] => {
  const { Entries = [] } = input as { Entries?: Partial<Entry>[] };
  return Entries.map(({ EventBusName = 'default', Source, DetailType }) => ({
    action: 'events:PutEvents',
    resource: EventBusName.startsWith('arn:') ? EventBusName : busArnPrefix + EventBusName,
    context: { 'events:source': Source, 'events:detail-type': DetailType },
  }));
};

/** Starts a stand-in for EventBridge on 127.0.0.1 that serves PutEvents to unmodified clients; every bus exists. */
export const startEventBridge = ({
  onEvent,
  port,
  guard,
  authorizer,
  clock = systemClock,
}: EventBridgeOptions): Promise<AwsJsonServer> =>
  startAwsJsonServer({
    targetPrefix: 'AWSEvents',
    port: port ?? 0,
    guard,
    access: authorizer && { authorizer, list: listEntryAccesses },
    operations: {
      PutEvents: operation(
        z.object({
          Entries: z
            .array(entry)
            .min(1)
            .max(10)
            .refine(
              (entries) => entries.reduce((total, item) => total + sizeOf(item), 0) <= entryLimitBytes,
              'Total size of the entries in the request is over the limit.',
            ),
        }),
        'ValidationException',
        async ({ Entries }) => {
          const results = await Promise.all(Entries.map((item) => putEntry(item, clock.now(), onEvent)));
          return { FailedEntryCount: results.filter((result) => 'ErrorCode' in result).length, Entries: results };
        },
      ),
    },
  });
