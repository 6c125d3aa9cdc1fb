import type { RecordedRequest } from '#local/simulator/http/request-log.ts';
import type { Simulator } from '#local/simulator/simulator.ts';
import { createSlidingWindows } from '#test/fixtures/sliding-window.ts';

/** One window of a lane, and the paths of the operations that share it. */
export interface LoadedLane {
  paths: readonly string[];
  seconds: number;
  hard: number;
}

/** What reached Adobe of one lane. */
export interface LaneFigures {
  requests: number;
  /** Most requests in any span of the lane's window, and how many it allows. */
  mostInWindow: number;
  hard: number;
  /** Of the lane's rate, from 0 to 1; NaN of a run that was too short. */
  share: number;
}

/** The requests for jobs that a simulator has received, kept beyond what its own log holds. */
export interface SubmitLog {
  /** Reads what has come in since; the log of the simulator forgets. */
  read(): void;
  all(): readonly RecordedRequest[];
}

const isElsewhere = (service: string): boolean => ['ims', 'io-management', 'outputs'].includes(service);

export const createSubmitLog = (simulator: Simulator): SubmitLog => {
  const seen = new Set<RecordedRequest>();
  const read = () => {
    for (const request of simulator.requests()) {
      if (request.method === 'POST' && !isElsewhere(request.service) && request.requestId !== null) seen.add(request);
    }
  };
  return {
    read,
    all: () => {
      read();
      return [...seen];
    },
  };
};

/** Whether a limit of Adobe's refused a request, and no fault. */
export const isOverLimit = ({ status, faults }: RecordedRequest): boolean => status === 429 && faults.length === 0;

/** How each lane was used. */
export const measureLanes = (
  submits: readonly RecordedRequest[],
  lanes: Readonly<Record<string, LoadedLane>>,
): Record<string, LaneFigures> =>
  Object.fromEntries(Object.entries(lanes).map(([name, lane]) => [name, measureLane(submits, lane)]));

export const measureLane = (submits: readonly RecordedRequest[], { paths, seconds, hard }: LoadedLane): LaneFigures => {
  const own = submits.filter(({ path }) => paths.includes(path)).toSorted((a, b) => a.arrivedAt - b.arrivedAt);
  const arrivals = own.map(({ arrivedAt }) => arrivedAt);
  const used = own.filter((request) => !isOverLimit(request)).map(({ arrivedAt }) => arrivedAt);
  const windows = createSlidingWindows([{ seconds, hard }]);
  for (const at of arrivals) windows.arrive(at);
  const windowMs = seconds * 1000;
  return {
    requests: arrivals.length,
    mostInWindow: windows.most[0] ?? 0,
    hard,
    share: measureFill(used, windowMs) / hard,
  };
};

/**
 * How many requests a window holds on average, of all windows that end between the first one's end and the arrival of nine tenths of the
 * requests: neither how a run begins nor how few jobs are left in the end counts.
 */
const measureFill = (arrivals: readonly number[], windowMs: number): number => {
  const from = (arrivals[0] ?? 0) + windowMs;
  const to = arrivals[Math.ceil(0.9 * arrivals.length) - 1] ?? 0;
  if (to <= from) return Number.NaN;
  // A request is in every window that ends from its arrival on until one window later.
  const inWindows = arrivals.map((at) => Math.max(0, Math.min(to, at + windowMs) - Math.max(from, at)));
  return inWindows.reduce((sum, ms) => sum + ms, 0) / (to - from);
};

/** What reached Adobe, by the request ids `<job id>-<turn>`, and how often Adobe took each job. */
export const countSubmits = (
  submits: readonly RecordedRequest[],
): { byAttempt: Map<string, number>; takenByJob: Map<string, number> } => {
  const byAttempt = new Map<string, number>();
  const takenByJob = new Map<string, number>();
  for (const { requestId, status, dropped, faults } of submits) {
    if (requestId === null) continue;
    byAttempt.set(requestId, (byAttempt.get(requestId) ?? 0) + 1);
    // A dropped connection may have been one that Adobe had taken the job from: it counts as taken.
    const taken = dropped ? faults.includes('drop') : status !== null && status < 300;
    if (!taken) continue;
    const jobId = requestId.slice(0, 36);
    takenByJob.set(jobId, (takenByJob.get(jobId) ?? 0) + 1);
  }
  return { byAttempt, takenByJob };
};
