const days = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeZone: 'UTC' });
const distances = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' });

/** A UTC day such as `2026-03-01`, in the reader's locale. */
export const showDay = (day: string): string => days.format(new Date(`${day}T00:00:00Z`));

const second = { unit: 'second', seconds: 1 } as const;
const units = [
  { unit: 'day', seconds: 86_400 },
  { unit: 'hour', seconds: 3_600 },
  { unit: 'minute', seconds: 60 },
] as const;

/** How far a time is away: "in 5 minutes", "yesterday". */
export const showDistance = (iso: string, now: number = Date.now()): string => {
  const distance = (Date.parse(iso) - now) / 1_000;
  const { unit, seconds } = units.find((each) => Math.abs(distance) >= each.seconds) ?? second;
  return distances.format(Math.round(distance / seconds), unit);
};
