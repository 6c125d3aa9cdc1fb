import type * as z from 'zod';
import type { AdobeError } from '../http/errors.ts';
import type { OperationDefinition, UpstreamOutput } from './operation.ts';

/**
 * One window of a rate limit. `hard`: Adobe refuses what goes beyond; `soft`: what Adobe asks clients to stay within
 * (default: hard).
 */
export interface RequestWindow {
  seconds: number;
  hard: number;
  soft?: number;
}

/** A named limit that operations share: its queue, permits and pause are the lane of that name. */
export interface LaneDefinition {
  /** Unique among all services. */
  name: string;
  windows: readonly RequestWindow[];
  /** Requests per UTC day. */
  requestsPerDay?: number;
}

/** Adobe's acceptance of a job; URLs are to be called verbatim, their host varies (Adobe: shard hosts). */
export interface AcceptedJob {
  jobId?: string;
  statusUrl: string;
  cancelUrl?: string;
}

/** What a status body says about a job. */
export type JobProgress =
  | { kind: 'running' }
  /** An output that cannot be read is undefined in its place; `reason` is Adobe's own for a success without outputs. */
  | {
      kind: 'succeeded';
      outputs: (UpstreamOutput | undefined)[];
      result: Record<string, unknown>;
      reason?: { code: string; message: string };
    }
  | { kind: 'failed' | 'cancelled' | 'timed_out'; code: string; message: string };

/**
 * What may help after a refused submit: time (`rate`: the limit per window, `quota`: that of the contract, `retry`: nothing
 * was done and another try may pass), an operator (`access`: the credential may not use the service; `intercepted`: something
 * in between refused the request, which never reached Adobe), or nothing (`content`: what the request asks for or shows is
 * not allowed; `final`: the request is at fault otherwise). `unknown`: Adobe may have taken the job.
 */
export type RefusalKind = 'rate' | 'quota' | 'access' | 'intercepted' | 'retry' | 'content' | 'final' | 'unknown';

/** What callers can see of a job, whatever the words of its service. */
export type JobPhase = 'pending' | 'running' | 'succeeded' | 'failed' | 'cancelled' | 'timed_out';

/** A job as a service's own bodies present it. */
export interface PresentedJob {
  jobId: string;
  phase: JobPhase;
  /** What the service said besides the outputs. */
  result?: Record<string, unknown>;
  outputs?: readonly Pick<UpstreamOutput, 'seed' | 'fields'>[];
  error?: { code: string; message: string };
}

/** The words and bodies of a service: pure functions. */
export interface ServiceDialect {
  /**
   * Reads the body of an answer with a 2xx status.
   *
   * @returns undefined if it names no URL by which the job can be followed
   */
  readAcceptance(body: unknown): AcceptedJob | undefined;
  /** Codes with which the service refuses content, whatever the HTTP status, and what a caller can do about each. */
  contentRefusals?: Readonly<Record<string, string>>;
  /** Classifies a refusal in JSON where the service knows more than the HTTP status says (the default). */
  classifyRefusal?(error: AdobeError): RefusalKind | undefined;
  /**
   * Reads a status body. An unknown word counts as running (Adobe: the list may grow).
   *
   * @returns undefined if it is none
   */
  readStatus(body: unknown, operation: OperationDefinition): JobProgress | undefined;
  /** The status body as callers see it. */
  statusSchema: z.ZodObject;
  /**
   * Writes the result of a job that has succeeded.
   *
   * @param urls of the stored outputs, in their order
   */
  presentResult(job: PresentedJob, urls: readonly string[], operation: OperationDefinition): Record<string, unknown>;
  /**
   * Writes the status body of a job.
   *
   * @param urls of the stored outputs of a job that has succeeded, in their order
   */
  presentStatus(job: PresentedJob, urls: readonly string[], operation: OperationDefinition): Record<string, unknown>;
}

/** A request that goes on from an output. */
export interface FollowUp {
  operation: OperationDefinition;
  body: Record<string, unknown>;
}

/** A service of Adobe's: one folder holds all that the gateway knows of it. */
export interface AdobeService {
  /** Settings key and metric dimension, such as `firefly`. */
  id: string;
  /** Its name for people. */
  title: string;
  /** Origin of its API; a setting overrides it. */
  baseUrl: string;
  /** An operation that names no lane uses the first. */
  lanes: readonly [LaneDefinition, ...LaneDefinition[]];
  /** How `s3://` and `job:` inputs reach it: as uploads to Adobe's storage, or as presigned GETs in the request. */
  inputs: 'adobe-upload' | 'presigned-get';
  /** Media types of the inputs that it takes; any if absent. */
  inputTypes?: readonly string[];
  /** Where its outputs are: at a URL of Adobe's, or where the request told it to put them. */
  outputs: 'hosted' | 'destination';
  dialect: ServiceDialect;
  /** Path of the status call, Adobe's and the gateway's, such as `/v3/status/{jobId}`. */
  statusPath: `/${string}`;
  /** Path of the cancel call, of the same form. */
  cancelPath: `/${string}`;
  operations: readonly OperationDefinition[];
  /** A request for more like an output, if an output of this media type can be an input. */
  similar?(contentType: string, url: string): FollowUp | undefined;
}
