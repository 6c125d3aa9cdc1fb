/** One line of the table: a figure and, where there is one, the goal it should reach. */
export interface Row {
  figure: string;
  value: number;
  unit: string;
  below?: number;
  atMost?: number;
  atLeast?: number;
}

/** One part of the bench: what it is, and how it comes to its figures. */
export interface Section {
  name: string;
  title: string;
  measure(directory: string): Promise<{ figures: unknown; rows: Row[] }>;
}

/** The value in the middle; NaN of none. */
export const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

const round = (value: number): string => (Number.isInteger(value) ? String(value) : value.toFixed(value < 10 ? 3 : 0));

const getGoal = ({ below, atMost, atLeast }: Row): { text: string; reached(value: number): boolean } | undefined => {
  if (below !== undefined) return { text: `< ${below}`, reached: (value) => value < below };
  if (atMost !== undefined) return { text: `<= ${atMost}`, reached: (value) => value <= atMost };
  if (atLeast !== undefined) return { text: `>= ${atLeast}`, reached: (value) => value >= atLeast };
  return undefined;
};

/** Prints the figures with their goals for a person to read; false if a goal is missed. */
export const printTable = (rows: Row[]): boolean => {
  for (const row of rows) {
    const goal = getGoal(row);
    const verdict = goal === undefined ? '' : goal.reached(row.value) ? 'reached' : 'MISSED';
    const value = `${round(row.value)} ${row.unit}`.trim();
    console.log(`${row.figure.padEnd(36)}${value.padStart(12)}  ${(goal?.text ?? '').padEnd(10)}${verdict}`);
  }
  return rows.every((row) => getGoal(row)?.reached(row.value) !== false);
};
