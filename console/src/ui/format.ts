const numbers = new Intl.NumberFormat(undefined, { maximumFractionDigits: 3 });
const times = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const days = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeZone: 'UTC' });
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' });

/** A number in the reader's locale. */
export const formatNumber = (value: number): string => numbers.format(value);

/** A time in the reader's locale and time zone. */
export const formatTime = (iso: string): string => times.format(new Date(iso));

/** A UTC day such as `2026-03-01`, in the reader's locale. */
export const formatDay = (day: string): string => days.format(new Date(`${day}T00:00:00Z`));

const units = [
  { unit: 'day', seconds: 86_400 },
  { unit: 'hour', seconds: 3_600 },
  { unit: 'minute', seconds: 60 },
  { unit: 'second', seconds: 1 },
] as const;

const findUnit = (seconds: number) => units.find((each) => Math.abs(seconds) >= each.seconds) ?? units[3];

/** How far a time is away, such as `in 5 minutes` or `yesterday`. */
export const formatDistance = (iso: string, now: number = Date.now()): string => {
  const seconds = (Date.parse(iso) - now) / 1_000;
  const { unit, seconds: size } = findUnit(seconds);
  return relative.format(Math.round(seconds / size), unit);
};

/** A length of time in its largest unit, such as `5 hours`. */
export const formatDuration = (seconds: number): string => {
  const { unit, seconds: size } = findUnit(seconds);
  return new Intl.NumberFormat(undefined, {
    style: 'unit',
    unit,
    unitDisplay: 'long',
    maximumFractionDigits: 0,
  }).format(Math.round(seconds / size));
};

/** A number of bytes, such as `1.2 MB`. */
export const formatBytes = (bytes: number): string => {
  const [value, unit] = bytes < 1_000_000 ? [bytes / 1_000, 'kilobyte'] : [bytes / 1_000_000, 'megabyte'];
  return new Intl.NumberFormat(undefined, { style: 'unit', unit, maximumFractionDigits: 1 }).format(value);
};
