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
  /** Of the lane's rate, while nine tenths of its requests came in, from 0 to 1. */
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

/** How each lane was used. */
export const measureLanes = (
  submits: readonly RecordedRequest[],
  lanes: Readonly<Record<string, LoadedLane>>,
): Record<string, LaneFigures> =>
  Object.fromEntries(
    Object.entries(lanes).map(([name, { paths, seconds, hard }]) => {
      const arrivals = submits
        .filter(({ path }) => paths.includes(path))
        .map(({ arrivedAt }) => arrivedAt)
        .sort((one, other) => one - other);
      const windows = createSlidingWindows([{ seconds, hard }]);
      for (const at of arrivals) windows.arrive(at);
      const busy = arrivals.slice(0, Math.ceil(0.9 * arrivals.length));
      const spanMs = Math.max(1, (busy.at(-1) ?? 0) - (busy[0] ?? 0));
      const share = ((busy.length - 1) * seconds * 1000) / (spanMs * hard);
      return [name, { requests: arrivals.length, mostInWindow: windows.most[0] ?? 0, hard, share }];
    }),
  );

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
