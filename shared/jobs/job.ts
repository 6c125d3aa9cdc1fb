/** What a job can be doing; the last four are final. */
export const jobStates = [
  'queued',
  'scheduled',
  'submitting',
  'running',
  'storing',
  'succeeded',
  'failed',
  'cancelled',
  'timed_out',
] as const;

export type JobState = (typeof jobStates)[number];

/** The states that nothing follows. */
export const finalStates: readonly JobState[] = ['succeeded', 'failed', 'cancelled', 'timed_out'];

/** Whether nothing more will happen to a job in this state. */
export const isFinal = (state: JobState): boolean => finalStates.includes(state);

/** In the order in which they are served. */
export const priorities = ['high', 'normal', 'low'] as const;

export type Priority = (typeof priorities)[number];

/** Why a job ended other than by success; code and message are Adobe's where Adobe gave them. */
export interface JobError {
  code: string;
  message: string;
  /** HTTP status of Adobe's answer, if there was one. */
  upstreamStatus?: number;
}

/** Where Adobe keeps the job: the URLs are called exactly as Adobe returned them. */
export interface UpstreamJob {
  jobId?: string;
  statusUrl: string;
  cancelUrl?: string;
  /** ISO time at which Adobe accepted the job. */
  acceptedAt: string;
}

/** One stored output, in Adobe's order. */
export interface JobOutput {
  bucket: string;
  key: string;
  sha256: string;
  bytes: number;
  contentType: string;
  seed?: number;
  /** What else Adobe said about the output, such as a name. */
  fields?: Record<string, unknown>;
}

/** What Adobe said about the finished job besides its outputs; passed on to the caller unchanged. */
export interface JobResult {
  size?: { width: number; height: number };
  contentClass?: string;
  [field: string]: unknown;
}

/** One entry of a job's life: the state it entered and when (ISO). */
export interface JobStateChange {
  state: JobState;
  at: string;
}

/** A permit that a turn holds; `until` (epoch ms) tells this claim from every other one of the same permit. */
export interface HeldPermit {
  /** Length of the window in seconds. */
  window: number;
  index: number;
  until: number;
}

/** A request for an Adobe operation and everything that happened to it. Times are ISO strings. */
export interface Job {
  jobId: string;
  caller: string;
  /** Name of the Firefly operation, such as `images/generate`. */
  operation: string;
  /** Queue and quota under which it is submitted. */
  lane: string;
  /** What is sent as `x-model-version`: the caller's, or the default; none where the operation takes none. */
  modelVersion?: string;
  /** The request body for Adobe, as JSON text. */
  request: string;
  /** SHA-256 of operation, model version and canonical body; tells a repeated request from another one. */
  requestHash: string;
  priority: Priority;
  rank: string;
  round: number;
  state: JobState;
  history: JobStateChange[];
  createdAt: string;
  updatedAt: string;
  /** How often the job was given a permit; names the durable execution. */
  turn: number;
  /** Submits that Adobe answered with 408, 500 or 503, or refused for what may have been a lost upload. */
  attempts: number;
  /** How often in a row Adobe refused the token of a submit; the second time the token was a new one. */
  tokenRefusals?: number;
  /** Epoch ms from which on the current turn may be submitted. */
  submitAt?: number;
  /** Epoch ms until which the current turn may be submitted. */
  submitBy?: number;
  /** Permits of the current turn, one for each window that is planned by permits. */
  permits?: HeldPermit[];
  upstream?: UpstreamJob;
  result?: JobResult;
  outputs?: JobOutput[];
  error?: JobError;
  /** What the caller should know though the request was accepted, such as fields that Adobe does not document. */
  warnings: string[];
  /** Set by a cancel request while Adobe may be working on the job. */
  cancelRequestedAt?: string;
  finishedAt?: string;
  /** How long the record is kept after the end, in seconds. */
  retentionSeconds: number;
  /** How often a new durable execution took over after the first had died. */
  resumes: number;
  /** The batch whose line the job is. */
  batchId?: string;
  /** Number of the line in its batch, from 1. */
  line?: number;
  /** The caller's own id of the line. */
  lineId?: string;
  /** The earlier job that was answered with, instead of asking Adobe. */
  reusedFrom?: string;
}

/** What a caller's request needs before it is a job. */
export type NewJob = Pick<
  Job,
  | 'jobId'
  | 'caller'
  | 'operation'
  | 'lane'
  | 'modelVersion'
  | 'request'
  | 'requestHash'
  | 'priority'
  | 'warnings'
  | 'retentionSeconds'
  | 'batchId'
  | 'line'
  | 'lineId'
>;

/** Identifies one turn of one job: what is started under a permit. */
export interface Turn {
  jobId: string;
  turn: number;
}
