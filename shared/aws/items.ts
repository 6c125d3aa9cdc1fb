import type * as z from 'zod';
import { GatewayError } from '../errors.ts';
import { metricNames } from '../metrics.ts';
import type { Log, RecordMetric } from '../observability.ts';

/** An item as DynamoDB returns it: parse it before use. */
export type Item = Record<string, unknown>;

/** An item that does not have the shape of its kind. Named by key and attribute; its content may be a prompt or a secret. */
export class UnreadableItemError extends GatewayError {
  /** Primary key of the item. */
  readonly key: { pk: string; sk: string };
  /** Attributes that are missing or of another type. */
  readonly attributes: string[];

  constructor(item: Item, attributes: string[]) {
    const key = { pk: String(item['pk']), sk: String(item['sk']) };
    super('unreadable_item', `The item ${key.pk} / ${key.sk} cannot be read; it is wrong in ${attributes.join(', ')}.`);
    this.key = key;
    this.attributes = attributes;
  }
}

/**
 * Makes a function that reads what an item holds; attributes that the schema does not name are left out.
 *
 * @throws {UnreadableItemError} from the function made, if the item does not match the schema
 */
export const createItemParser =
  <Schema extends z.ZodType>(getSchema: () => Schema) =>
  (item: Item): z.output<Schema> => {
    const { success, data, error } = getSchema().safeParse(item);
    if (success) return data;
    throw new UnreadableItemError(item, [...new Set(error.issues.map(({ path }) => path.join('.')))]);
  };

/** Where items go that a read of many leaves out. */
export interface UnreadableItems {
  /** Called for each; without it such an item fails the read. */
  onUnreadable?: (error: UnreadableItemError) => void;
}

/**
 * Parses many items. One that cannot be read is reported by its key and left out, so that it does not keep the others from
 * being read.
 *
 * @throws {UnreadableItemError} if the table has nowhere to report to
 */
export const parseEach = <Parsed>(
  { onUnreadable }: UnreadableItems,
  items: readonly Item[],
  parse: (item: Item) => Parsed,
): { parsed: Parsed[]; unreadable: UnreadableItemError[] } => {
  const parsed: Parsed[] = [];
  const unreadable: UnreadableItemError[] = [];
  for (const item of items) {
    try {
      parsed.push(parse(item));
    } catch (error) {
      if (!(error instanceof UnreadableItemError) || onUnreadable === undefined) throw error;
      onUnreadable(error);
      unreadable.push(error);
    }
  }
  return { parsed, unreadable };
};

/** Logs and counts each item that a read of many had to leave out. */
export const reportUnreadable =
  ({
    log,
    recordMetric,
  }: {
    log: Pick<Log, 'error'>;
    recordMetric: RecordMetric;
  }): Required<UnreadableItems>['onUnreadable'] =>
  ({ key, attributes, message }) => {
    log.error(message, { ...key, attributes });
    recordMetric(metricNames.itemsUnreadable, 1);
  };
