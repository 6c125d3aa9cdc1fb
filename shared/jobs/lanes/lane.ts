import type { RequestWindow } from '../../adobe/services/service.ts';
import type { Table } from '../../aws/table.ts';
import { jobPartitions } from '../../deployment/tables.ts';

/** The rate limit of a lane, as Adobe sets it. Windows are independent: each of them must have room. */
export interface LaneLimits {
  windows: readonly RequestWindow[];
  /** Per UTC day; no limit if absent. */
  requestsPerDay?: number;
  /** How long after its submit time a job may still be submitted, in ms: what Adobe counts is arrivals. */
  submitGraceMs: number;
}

/** Where the jobs of a lane wait. */
export interface LaneQueue {
  table: Table;
  /** Part of the table's keys, and the value of a job's `lane`. */
  name: string;
}

/** A queue and the quota under which its jobs are submitted; lanes neither wait for nor count against each other. */
export interface Lane extends LaneQueue {
  limits: LaneLimits;
}

/** The lanes of a deployment by their names. */
export type Lanes = ReadonlyMap<string, Lane>;

/** Of a request whose lane the deployment does not have. */
export const serviceDisabled = {
  code: 'service_disabled',
  message: 'The service of this operation is switched off in this deployment of the gateway.',
};

/** Lanes that share one table. */
export const createLanes = (table: Table, limits: Record<string, LaneLimits>): Lanes =>
  new Map(Object.entries(limits).map(([name, each]) => [name, { table, name, limits: each }]));

/**
 * The lane of a job.
 *
 * @throws {RangeError} if the deployment does not have it (any more)
 */
export const findLane = (lanes: Lanes, name: string): Lane => {
  const lane = lanes.get(name);
  if (lane === undefined) throw new RangeError(`This deployment has no lane "${name}".`);
  return lane;
};

/** Partition of everything that the jobs of a lane share: permits, pause, day counters, served rounds. */
export const lanePartition = jobPartitions.lane;

// Permits are planned a minute ahead; a window of seconds would be over before.
const shortestPlannedSeconds = 30;

/** The windows that dispatch plans by permits. */
export const plannedWindows = ({ windows }: LaneLimits): RequestWindow[] =>
  windows.filter(({ seconds }) => seconds >= shortestPlannedSeconds);

/** The windows of seconds, whose slots are claimed right before a submit. */
export const shortWindows = ({ windows }: LaneLimits): RequestWindow[] =>
  windows.filter(({ seconds }) => seconds < shortestPlannedSeconds);

/** How far ahead turns are assigned: the schedule runs every minute, so no permit comes free unassigned before its next run. */
export const lookaheadMs = 60_000;

/** A submit without an answer is given up after a minute: what has not arrived by then does not arrive any more. */
export const maxUnansweredMs = 60_000;

/**
 * How long after the end of its connection a request may still arrive, in ms: what was sent before is on its way, or in the memory of a
 * proxy.
 */
export const maxStrayMs = 5_000;

/**
 * How far the clocks of two functions may be apart, in ms, with the limits still kept: one sets the time at which a permit comes
 * free, another compares it with its own. Lambda sets its clocks by Amazon's time service, to about a millisecond.
 */
export const maxClockSkewMs = 10;

// From the time at which a permit comes free to the answer of the next submit under it, while functions start in time.
const usualDelayMs = 3_000;

/**
 * How long after its submit time a turn may be submitted at the latest, in ms: the grace, and one short window to wait for a
 * slot in.
 */
export const submitSpanMs = (limits: LaneLimits): number => limits.submitGraceMs + maxShortWindowMs(limits);

/** The longest window of seconds of a lane, in ms; 0 if it has none. */
export const maxShortWindowMs = (limits: LaneLimits): number =>
  Math.max(0, ...shortWindows(limits).map(({ seconds }) => seconds * 1000));

/**
 * How long a permit is usually taken, in ms: until one window after the answer. Nothing is claimed for so long; it is what waiting
 * times are estimated with.
 */
export const permitCycleMs = ({ seconds }: RequestWindow, limits: LaneLimits): number =>
  seconds * 1000 + usualDelayMs + maxShortWindowMs(limits);

/** How many permits a planned window has: as many as reach its soft rate, and never more than its hard limit. */
export const permitCount = (window: RequestWindow, limits: LaneLimits): number => {
  const { seconds, hard, soft = hard } = window;
  return Math.min(hard, Math.ceil((soft * permitCycleMs(window, limits)) / (seconds * 1000)));
};

/**
 * How far apart the submit times of a lane with short windows are planned, in ms: at the soft rate of its narrowest window.
 *
 * @returns undefined if permits alone plan the lane
 */
export const spacingMs = (limits: LaneLimits): number | undefined =>
  shortWindows(limits).length === 0 ? undefined : requestIntervalMs(limits);

/** How far apart a lane's requests are at its soft rate, in ms. */
export const requestIntervalMs = ({ windows }: LaneLimits): number =>
  Math.max(0, ...windows.map(({ seconds, hard, soft = hard }) => (seconds * 1000) / soft));
