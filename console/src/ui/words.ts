import type { JobSummary } from '../api/jobs.ts';

type Status = JobSummary['status'];

/** What a person reads for a state. */
export const statusWords: Readonly<Record<Status, string>> = {
  queued: 'Waiting',
  scheduled: 'About to start',
  submitting: 'Starting',
  running: 'Being made',
  storing: 'Being stored',
  succeeded: 'Done',
  partially_succeeded: 'Partly done',
  failed: 'Failed',
  cancelled: 'Cancelled',
  timed_out: 'Timed out',
};

/** The name of an operation for a person: `images/generate` is "Images, generate". */
export const nameOperation = (operation: string): string => {
  const words = operation.replaceAll('/', ', ').replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
};

/** What a picture is called where it cannot be seen. */
export const namePicture = ({ prompt, operation }: Pick<JobSummary, 'prompt' | 'operation'>): string =>
  prompt === undefined || prompt.trim() === '' ? nameOperation(operation) : prompt;

const dateTime = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
const time = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' });
const precise = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });
const number = new Intl.NumberFormat();

/** A date and time in the reader's locale and zone. */
export const showDateTime = (iso: string): string => dateTime.format(new Date(iso));

/** The time alone where it lies within the next or last twelve hours, else with its date. */
export const showTime = (iso: string): string =>
  Math.abs(Date.parse(iso) - Date.now()) < 43_200_000 ? time.format(new Date(iso)) : showDateTime(iso);

/** A time to the second. */
export const showSeconds = (iso: string): string => precise.format(new Date(iso));

/** A number in the reader's locale. */
export const showNumber = (value: number): string => number.format(value);

/** How long something took: "4.2 s", "3 min 20 s". */
export const showDuration = (ms: number): string => {
  const seconds = Math.max(0, ms) / 1_000;
  if (seconds < 60) return `${new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 }).format(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${Math.round(seconds % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
};

/** A number of bytes: "1.4 MB". */
export const showBytes = (bytes: number): string => {
  const unit = bytes >= 1_000_000 ? 'megabyte' : bytes >= 1_000 ? 'kilobyte' : 'byte';
  const divisor = { megabyte: 1_000_000, kilobyte: 1_000, byte: 1 }[unit];
  const format = new Intl.NumberFormat(undefined, { style: 'unit', unit, maximumFractionDigits: 1 });
  return format.format(bytes / divisor);
};
