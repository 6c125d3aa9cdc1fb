const maxColumns = 50;
const maxNameLength = 100;
// A batch's record holds them, and each end of a job writes that record.
const maxNamesLength = 2_000;
const maxCellLength = 1_000;
const maxCellsLength = 4_000;

/** Columns of a table that are none of the gateway's or Adobe's: they stay here, and come back in the report. */
export interface OwnColumns {
  /** Each once, on one line. */
  names: string[];
  /** Takes the cells of these columns out of a row; long ones are cut. */
  pick(cells: readonly string[]): string[];
  /** What the caller should know about them; undefined if there are none. */
  warning?: string;
}

/** @param found number from 0 and name of each such column, in their order */
export const readOwnColumns = (found: readonly { column: number; name: string }[]): OwnColumns => {
  const kept: { column: number; name: string }[] = [];
  let length = 0;
  for (const { column, name } of found) {
    const short = cut(name.replace(/[\s\p{Cc}]+/gu, ' '), maxNameLength);
    length += short.length;
    if (kept.length === maxColumns || length > maxNamesLength) break;
    kept.push({ column, name: makeUnique(short, kept) });
  }
  return {
    names: kept.map(({ name }) => name),
    pick: (cells) => {
      let left = maxCellsLength;
      return kept.map(({ column }) => {
        const cell = cut(cells[column] ?? '', Math.min(left, maxCellLength));
        left -= cell.length;
        return cell;
      });
    },
    warning: found.length === 0 ? undefined : describe(kept, found.length),
  };
};

const describe = (kept: readonly { name: string }[], all: number): string => {
  const names = kept.map(({ name }) => name).join(', ');
  const lost =
    all === kept.length ? '' : ` The other ${all - kept.length} columns were left out, as there are too many.`;
  return `No operation has these columns, so they are not sent to Adobe and come back in the report: ${names}. With body. in front of its name a column is sent.${lost}`;
};

const makeUnique = (name: string, others: readonly { name: string }[]): string => {
  let unique = name;
  for (let number = 2; others.some((other) => other.name === unique); number += 1) unique = `${name} (${number})`;
  return unique;
};

/** A text of no more than so many characters; of a longer one the beginning, with an ellipsis. */
const cut = (text: string, length: number): string => {
  if (text.length <= length) return text;
  // No half of a surrogate pair may be left, which DynamoDB does not take.
  return length === 0 ? '' : `${text.slice(0, length - 1).replace(/[\ud800-\udbff]$/, '')}…`;
};
