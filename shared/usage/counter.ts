import { allOf, Condition, condition } from '../aws/expressions.ts';
import type { Item } from '../aws/items.ts';
import { getItem, type ItemKey, type Table, updateItem } from '../aws/table.ts';

/**
 * Amounts that are added to an item exactly once, though answers are lost and processes die: DynamoDB adds whenever it is
 * asked, so each addition leaves a mark of its own in the same write, and happens only where there is none. Once it is recorded
 * elsewhere that the addition took place, its mark goes.
 */
export interface Addition {
  key: Required<ItemKey>;
  /** Unique to one attempt of one process: letters and digits. */
  token: string;
}

/** Gives back no more than is there: of a counter that has expired or was erased nothing is. Undefined if nothing is given back. */
export const notBelowZero = (amounts: Record<string, number>): Condition | undefined => {
  const [first, ...others] = Object.entries(amounts).flatMap(([attribute, amount]) =>
    amount < 0 ? [new Condition([`#${attribute} >= `, ''], [-amount])] : [],
  );
  return first && allOf(first, ...others);
};

const markOf = (token: string): string => `by_${token}`;

type Mark = 'added' | 'void';

const unmarked = (mark: string): Condition => new Condition([`attribute_not_exists(#${mark})`], []);

/** What became of an addition: `refused` where its condition did not hold, `void` where another process made it impossible. */
export interface Added {
  outcome: Mark | 'refused';
  /** The counter afterwards. */
  counter: Item;
}

/**
 * Adds amounts unless that was done before under the same token.
 *
 * @param change.when must hold for the counter before
 * @param change.expiresAt TTL of the counter, in epoch seconds
 */
export const addOnce = async (
  table: Table,
  { key, token }: Addition,
  { amounts, when, expiresAt }: { amounts: Record<string, number>; when?: Condition; expiresAt: number },
): Promise<Added> => {
  const mark = markOf(token);
  const counter = await updateItem(table, key, {
    add: amounts,
    set: { [mark]: 'added' satisfies Mark, expiresAt },
    when: allOf(unmarked(mark), when),
  });
  if (counter !== undefined) return { outcome: 'added', counter };
  // A second attempt of the SDK, whose first one was carried out, is refused as well.
  const found = (await getItem(table, key)) ?? {};
  const outcome = readMark(found, mark);
  return { outcome: outcome ?? 'refused', counter: found };
};

/**
 * Finds out for good whether an addition took place that another process may still be about to make: if it has not by now, it
 * never will.
 */
export const decideAddition = async (table: Table, { key, token }: Addition, expiresAt: number): Promise<Mark> => {
  const mark = markOf(token);
  for (;;) {
    const counter = await updateItem(table, key, {
      set: { [mark]: 'void' satisfies Mark, expiresAt },
      when: unmarked(mark),
    });
    if (counter !== undefined) return 'void';
    const found = readMark((await getItem(table, key)) ?? {}, mark);
    if (found !== undefined) return found;
  }
};

/** Forgets an addition that took place, once that is recorded; what was made void stays so, for the process that may still try. */
export const forgetAddition = async (table: Table, { key, token }: Addition): Promise<void> => {
  const mark = markOf(token);
  await updateItem(table, key, {
    remove: [mark],
    when: allOf(condition`attribute_exists(#pk)`, new Condition([`#${mark} = `, ''], ['added' satisfies Mark])),
  });
};

const readMark = (counter: Item, mark: string): Mark | undefined => {
  const found = counter[mark];
  return found === 'added' || found === 'void' ? found : undefined;
};

/** Amounts for one item. */
export interface Entry {
  key: Addition['key'];
  amounts: Record<string, number>;
}
