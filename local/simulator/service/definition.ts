import type * as z from 'zod';
import type { JobFault } from '../faults/definitions.ts';
import type { Answer } from '../http/answer.ts';
import type { ReceivedRequest } from '../http/request.ts';
import type { Limits } from '../rate-limit.ts';
import type { SimulatorSettings } from '../settings.ts';

/** An issue of a request's body. */
export interface FieldIssue {
  path: (string | number)[];
  message: string;
  /** Zod's word for it, such as `invalid_type`. */
  code: string;
  /** Whether the field is not there at all. */
  isMissing: boolean;
}

/** Why a service refuses a request, for the service to say in its own body. */
export type ServiceRefusal = { message: string } & (
  | { kind: 'no_such_path' | 'too_large' | 'content_type' | 'json' | 'unknown_job' | 'not_entitled' }
  | { kind: 'method'; allowed: string }
  | { kind: 'rate_limited'; retryAfterSeconds: number }
  | { kind: 'fields'; issues: readonly FieldIssue[] }
);

/** Why a job failed, or one of its outputs, for the service to say with its own code. */
export interface JobFailure {
  kind: 'input_unreachable' | 'input_type' | 'input_size' | 'output_unwritable' | 'internal';
  message: string;
}

/** A file that a request names, fetched after the 202. */
export interface SimulatedInput {
  /** Where it stands in the body. */
  path: (string | number)[];
  url: string;
  /** In place of the service's; a dot stands before each, or it is the whole host. */
  domains?: readonly string[] | undefined;
  /** What it may be by its first bytes; anything if absent. */
  mediaTypes?: readonly string[] | undefined;
  /** Bytes. */
  maxBytes?: number | undefined;
  /** The largest picture, in pixels. */
  maxSize?: { width: number; height: number } | undefined;
}

/** Where an output goes: to a URL of Adobe's, by one PUT to the caller's URL, or into the status body. */
export type OutputTarget =
  | { kind: 'hosted'; lifetimeMs?: number | undefined }
  | { kind: 'put'; url: string }
  | { kind: 'embedded'; as: 'string' | 'base64' | 'json' };

/** An output that is to be made. */
export interface PlannedOutput {
  mediaType: string;
  target: OutputTarget;
  /** What a picture shows; the same texts and sizes make the same bytes. */
  label?: string | undefined;
  /** Pixels of a picture. */
  size?: { width: number; height: number } | undefined;
  /** Its bytes, where they are to say something: JSON, captions, a text; else a small file of the media type. */
  content?: string | undefined;
}

/** Code and message in the service's words. */
export interface Explained {
  code: string;
  message: string;
}

/** What a fetched input turned out to be. */
export interface FetchedInput {
  path: (string | number)[];
  mediaType: string | undefined;
  /** Undefined where its server does not say. */
  bytes: number | undefined;
  /** Pixels, of a picture. */
  size: { width: number; height: number } | undefined;
}

/** An output that was made, or why it was not. */
export interface MadeOutput {
  mediaType: string;
  target: OutputTarget;
  /** Where it can be fetched, or where it was put; absent if it is embedded or missing. */
  url?: string;
  /** What stands in the status body: a text, base64, or the value of a JSON. */
  content?: unknown;
  error?: Explained;
}

/** A job of a service that has an origin of its own. */
export interface ServiceJob {
  jobId: string;
  /** Takes the other shape where Adobe's sources disagree: every second job does. */
  isOdd: boolean;
  clientId: string;
  operation: ServiceOperation;
  request: Readonly<Record<string, unknown>>;
  phase: 'pending' | 'running' | 'succeeded' | 'partially_succeeded' | 'failed' | 'canceled';
  /** Percent. */
  progress: number;
  /** Epoch ms, as all times. */
  acceptedAt: number;
  modifiedAt: number;
  inputs: FetchedInput[];
  outputs: MadeOutput[];
  error?: Explained;
  fault?: JobFault | undefined;
}

/** A call that starts a job, as Adobe documents it, read independently of the gateway. */
export interface ServiceOperation {
  path: `/${string}`;
  /** Names of the service's quotas that a request counts in. */
  quotas: readonly string[];
  /** The quota of polls of its jobs, if not the status path's. */
  statusQuota?: string;
  /** The rules for a body; issues name the field. */
  body: z.ZodType<Record<string, unknown>>;
  /** In place of JSON, such as multipart; may throw a `Refusal`. */
  readBody?(request: ReceivedRequest): unknown;
  /** Headers that a request has to have besides the usual ones, such as `x-aem-token`. */
  requiredHeaders?: readonly string[];
  inputs(body: Readonly<Record<string, unknown>>): SimulatedInput[];
  /** What is made; called when the inputs have been fetched. */
  outputs(body: Readonly<Record<string, unknown>>, job: ServiceJob): PlannedOutput[];
  /** How much longer than an image it takes; 1 if absent. */
  slowness?: number;
  /** What the job's outputs show, by which faults can choose it; nothing if absent. */
  prompt?(body: Readonly<Record<string, unknown>>): string;
  /** How long the status of a job is known after its end; for good if absent. */
  statusLifetimeMs?: number;
  /** The status path of its jobs. */
  statusPath: `/${string}`;
  /** Other status paths that know its jobs. */
  otherStatusPaths?: readonly `/${string}`[];
  /** The answer to the request; `isOdd` of the job chooses the shape where Adobe's sources disagree. */
  accept(job: ServiceJob, urls: { statusUrl: string; base: string }): Answer;
  /** The status body, in whatever phase; `query` for paged results. */
  status(job: ServiceJob, query: URLSearchParams): Record<string, unknown>;
  /** In place of the service's. */
  refuse?(refusal: ServiceRefusal): Answer;
  /** Whether the answer is held open until the job is over; `accept` then writes its end. */
  isSynchronous?: boolean;
}

/** What a call that starts no job works with. */
export interface RouteContext {
  /** Decoded values of the path's `{names}`. */
  params: Readonly<Record<string, string>>;
  /** The client's jobs alone. */
  jobs: {
    find(jobId: string): ServiceJob | undefined;
    /** Oldest first. */
    all(): readonly ServiceJob[];
    /** Ends a job that has not ended; returns whether it did. */
    cancel(job: ServiceJob): boolean;
  };
  clientId: string;
  base: string;
  /** Signs the URL of a hosted file anew. */
  renewUrl(url: string): string;
  settings: SimulatorSettings;
}

/** A call that starts no job, such as the list of voices or a cancel. */
export interface ServiceRoute {
  method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  path: `/${string}`;
  quota?: string;
  handle(request: ReceivedRequest, context: RouteContext): Answer | Promise<Answer>;
}

/** One service of Adobe's on an origin of its own. */
export interface SimulatedService {
  /** As the gateway has it. */
  id: string;
  title: string;
  /** A token without one of them is refused. */
  scopes: readonly string[];
  /** Limits by name; a setting of the simulator overrides each. */
  quotas: Readonly<Record<string, Limits>>;
  /** Hosts of inputs, with all below them; any if absent. */
  inputDomains?: readonly string[];
  operations: readonly ServiceOperation[];
  /** Its status paths with `{jobId}`, and the quota that polls count in. */
  statusPaths: readonly { path: `/${string}`; quota?: string }[];
  routes?: readonly ServiceRoute[];
  /** What becomes of the job if some of its outputs cannot be made or written. */
  partialOutputs: 'fail_the_job' | 'end_partially';
  /** The answer to what it refuses; the frame adds `retry-after` and `allow`. */
  refuse(refusal: ServiceRefusal): Answer;
  /** Code and message of a job or output that failed. */
  explain(failure: JobFailure): Explained;
  /** The body of the refusals of Adobe's edge (token, key, scopes), where it is not `{error_code, message}`. */
  writeEdgeError?(status: number, code: string, message: string): Answer;
}
