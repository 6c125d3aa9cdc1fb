import { getItems } from '../aws/batch-get.ts';
import { condition } from '../aws/expressions.ts';
import { parseEach } from '../aws/items.ts';
import { queryPages, type Table } from '../aws/table.ts';
import { type Batch, batchSchema } from './batch.ts';
import { batchKey, batchOrders, parseBatch } from './batch-store.ts';

/** One page of a caller's batches, newest first. */
export interface BatchPage {
  batches: Batch[];
  /** Where the next page starts: when a batch was made, and its id; absent on the last page. */
  next?: string;
}

/**
 * Lists a caller's batches, newest first; eventually consistent. A page costs one query and one read of each batch; it may hold fewer
 * than the limit, as those that have expired are left out.
 *
 * @param before the `next` of the page before
 */
export const listBatches = async (
  table: Table,
  { caller, before, limit }: { caller: string; before?: string; limit: number },
): Promise<BatchPage> => {
  const last = `${batchOrders}${before ?? '~'}`;
  const where = condition`#caller = ${caller} AND #createdOrder BETWEEN ${batchOrders} AND ${last}`;
  const orders: string[] = [];
  for await (const { Items = [] } of queryPages(table, {
    index: 'caller',
    where,
    descending: true,
    pageSize: limit + 2,
  })) {
    orders.push(
      ...Items.map(({ createdOrder }) => String(createdOrder).slice(batchOrders.length)).filter(
        (order) => order !== before,
      ),
    );
    if (orders.length > limit) break;
  }
  const shown = orders.slice(0, limit);
  const ids = shown.map((order) => order.slice(-36));
  const items = await getItems(table, ids.map(batchKey), Object.keys(batchSchema().shape), { consistent: false });
  const { parsed } = parseEach(table, items, parseBatch);
  const found = new Map(parsed.map((batch) => [batch.batchId, batch]));
  return {
    batches: ids.flatMap((batchId) => found.get(batchId) ?? []),
    next: orders.length > limit ? shown.at(-1) : undefined,
  };
};
