/** Numbers of the formats for dates and times that have no code in the file (ECMA-376, 18.8.30), as first and last. */
const dateFormats = [
  [14, 22],
  [27, 36],
  [45, 45],
  [47, 47],
  [50, 58],
] as const;

// Texts in quotes or after a backslash, colours, locales and paddings say nothing of what is shown; a time that has passed, such as
// [h], is a number rather than a time of day.
const elapsedTime = /\[[hms]+\]/i;
const decoration = /"[^"]*"|\\.|_.|\*.|\[[^\]]*\]/g;

/** Whether a format shows a number as a date or a time of day. */
export const isDateFormat = (id: number, code: string | undefined): boolean => {
  if (code === undefined) return dateFormats.some(([first, last]) => id >= first && id <= last);
  return !elapsedTime.test(code) && /[dmyhs]/i.test(code.replace(decoration, '').replace(/general/gi, ''));
};

const daySeconds = 86_400;
// 9999-12-31, the last day that spreadsheets know.
const lastDay = 2_958_465;
const daysTo1904 = 1_462;

/**
 * Writes the number of a date as ISO 8601 has it: `2026-03-01`, `2026-03-01T09:30:00` or, within the first day, `09:30:00`.
 *
 * @param days since the end of 1899, as spreadsheets count them
 * @param from1904 whether they are counted from 1904 on
 * @returns undefined if there is no such date
 */
export const formatDate = (days: number, from1904: boolean): string | undefined => {
  const seconds = Math.round(days * daySeconds);
  if (seconds < 0) return undefined;
  if (days < 1) return new Date(seconds * 1000).toISOString().slice(11, 19);
  const day = Math.floor(seconds / daySeconds) + (from1904 ? daysTo1904 : 0);
  if (day > lastDay) return undefined;
  // The first spreadsheet program took 1900 for a leap year, and all others followed it.
  const daysSince1899 = day < 60 ? day + 1 : day;
  const at = new Date(Date.UTC(1899, 11, 30 + daysSince1899) + (seconds % daySeconds) * 1000).toISOString();
  return seconds % daySeconds === 0 ? at.slice(0, 10) : at.slice(0, 19);
};
