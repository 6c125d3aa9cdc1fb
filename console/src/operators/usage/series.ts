import type * as z from 'zod';
import type { usageSchema } from '#functions/api/usage/routes.ts';

/** What jobs cost. */
export type Usage = z.output<ReturnType<typeof usageSchema>>;

/** What usage is told by. */
export type Dimension = 'day' | 'caller' | 'label' | 'operation' | 'model';

// What a row is about is of many names in the description of the API.
type Row = Usage['usage'][number] & Partial<Record<Dimension, string>>;

/** A measure of usage. */
export type Measure = 'cost' | 'outputs' | 'jobs';

/** What a row is about: its value of the dimension. */
export const nameRow = (row: Row, by: Dimension): string => row[by] ?? '';

/** Every UTC day of a range, so that a day without jobs is seen as one. */
export const listDays = (from: string, to: string): string[] => {
  const days: string[] = [];
  for (let at = Date.parse(`${from}T00:00:00Z`); at <= Date.parse(`${to}T00:00:00Z`); at += 86_400_000) {
    days.push(new Date(at).toISOString().slice(0, 10));
  }
  return days;
};

/** A measure of each day of a range; epoch seconds and values, as a plot takes them. */
export const buildDaySeries = (
  { from, to, usage }: Pick<Usage, 'from' | 'to' | 'usage'>,
  measure: Measure,
): [number[], number[]] => {
  const byDay = new Map(usage.map((row) => [nameRow(row, 'day'), row[measure]]));
  const days = listDays(from, to);
  return [days.map((day) => Date.parse(`${day}T00:00:00Z`) / 1_000), days.map((day) => byDay.get(day) ?? 0)];
};

/** The rows with the most of a measure, the most first; the rest put together at the end. */
export const rankRows = (
  usage: readonly Row[],
  by: Dimension,
  measure: Measure,
  maxRows: number,
): { name: string; value: number }[] => {
  const ranked = usage
    .map((row) => ({ name: nameRow(row, by), value: row[measure] }))
    .sort((a, b) => b.value - a.value);
  const rest = ranked.slice(maxRows).reduce((sum, { value }) => sum + value, 0);
  const shown = ranked.slice(0, maxRows);
  return ranked.length > maxRows ? [...shown, { name: `${ranked.length - maxRows} others`, value: rest }] : shown;
};
