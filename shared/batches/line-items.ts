import * as z from 'zod';
import { condition } from '../aws/expressions.ts';
import { createItemParser, parseEach } from '../aws/items.ts';
import { queryPages, type Table } from '../aws/table.ts';
import { removeItems, writeItems } from '../aws/write-items.ts';
import { jobPartitions } from '../deployment/tables.ts';
import { once } from '../once.ts';

const skippedLine = once(() =>
  z.object({
    /** Number of the line, from 1. */
    line: z.number(),
    /** The caller's own id of the line. */
    id: z.string().optional(),
    /** As of a job: where the line stands in its file, and the caller's own cells beside it. */
    row: z.number().optional(),
    columns: z.array(z.string()).optional(),
    state: z.enum(['rejected', 'cancelled']),
    error: z.object({ code: z.string(), message: z.string() }).optional(),
  }),
);

/** A line that is no job: it cannot be one, or the batch had been cancelled before. */
export type SkippedLine = z.output<ReturnType<typeof skippedLine>>;

const parseSkippedLine = createItemParser(skippedLine);

/** The part of the batch's counts that a line without a job belongs to, by the line's state. */
export const countedAs = { rejected: 'rejected', cancelled: 'skipped' } as const;

// As many digits as the keys have.
const maxLineNumber = 999_999_999;

const sortKeyOf = (line: number): string => `line#${String(line).padStart(9, '0')}`;

/**
 * Keeps lines that are no jobs for the report; written again they stay the same.
 *
 * @param expiresAt when DynamoDB may delete them, in epoch seconds; never if undefined
 */
export const saveSkippedLines = async (
  table: Table,
  batchId: string,
  lines: readonly SkippedLine[],
  expiresAt?: number,
): Promise<void> => {
  const toItem = (line: SkippedLine) => ({
    ...line,
    pk: jobPartitions.batch(batchId),
    sk: sortKeyOf(line.line),
    expiresAt,
  });
  await writeItems(table, lines.map(toItem));
};

/** Erases the lines of a batch that are no jobs. */
export const eraseSkippedLines = async (table: Table, batchId: string): Promise<void> => {
  const where = condition`#pk = ${jobPartitions.batch(batchId)} AND begins_with(#sk, ${'line#'})`;
  for await (const { Items = [] } of queryPages(table, { where, consistent: true })) await removeItems(table, Items);
};

/**
 * The lines of a batch that are no jobs, in their order.
 *
 * @param range numbers of the first and the last line; all if absent
 */
export async function* skippedLines(
  table: Table,
  batchId: string,
  range?: { first: number; last: number },
): AsyncGenerator<SkippedLine> {
  const { first, last } = range ?? { first: 0, last: maxLineNumber };
  const pk = jobPartitions.batch(batchId);
  const where = condition`#pk = ${pk} AND #sk BETWEEN ${sortKeyOf(first)} AND ${sortKeyOf(last)}`;
  for await (const { Items = [] } of queryPages(table, { where, consistent: true })) {
    yield* parseEach(table, Items, parseSkippedLine).parsed;
  }
}
